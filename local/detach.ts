import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { HomeTaken, runningPid } from "./home.ts";
import type { Settings } from "./settings.ts";

const pollMs = 100;

/** Starts the platform in the background, shows what it says, and answers once it is ready. */
export async function detach(settings: Settings): Promise<number> {
  const { home } = settings;
  const pid = runningPid(home);
  if (pid !== undefined) {
    throw new HomeTaken(`Pitboss already runs with the state folder ${home} (pid ${pid})`);
  }
  mkdirSync(home, { recursive: true });
  const log = join(home, "pitboss.log");
  const output = openSync(log, "w", 0o600);
  const args = settings.games === undefined ? [] : ["--games", settings.games];
  const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), ...args], {
    detached: true,
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  let ended: number | undefined;
  child.on("exit", (code) => {
    ended = code ?? 1;
  });
  child.on("error", () => {
    ended = 1;
  });
  let shown = 0;
  for (;;) {
    const over = ended;
    const text = readFileSync(log, "utf8");
    process.stdout.write(text.slice(shown));
    shown = text.length;
    if (/^ready\n/m.test(text)) break;
    if (over !== undefined) return over;
    await sleep(pollMs);
  }
  console.error(`Pitboss runs in the background (pid ${child.pid}, ${log}); npm run stop ends it`);
  child.unref();
  return 0;
}
