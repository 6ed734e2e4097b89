import { type SessionFolder, sessionFolder } from "../../local/session-folder.ts";

type Stop = () => Promise<void>;

let folder: Promise<SessionFolder> | undefined;
const stops: Stop[] = [];

/** The folder of this mocha process. */
export function testFolder(): Promise<SessionFolder> {
  folder ??= sessionFolder("pitboss-test-");
  return folder;
}

/** Has something stopped when all tests are over; the last started is stopped first. */
export function stopAtTheEnd(stop: Stop): void {
  stops.push(stop);
}

/** Stops everything that the tests started, and removes its data. */
export async function stopAll(): Promise<void> {
  for (const stop of stops.splice(0).reverse()) await stop();
  (await folder)?.remove();
  folder = undefined;
}
