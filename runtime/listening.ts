import type pg from "pg";
import type { Database } from "./database.ts";
import { pause } from "./pause.ts";

export interface Listening {
  readonly database: Pick<Database, "dedicated">;
  /** What NOTIFY names: one of ours, never from outside. */
  readonly channel: string;
  /** Looks again; it has to cope with a database that is away. */
  look(): Promise<unknown>;
  /** A notification came. */
  told(payload: string | undefined): void;
  /** There is no connection to listen on, for now. */
  deaf(error: unknown): void;
  /** Looks come at least so often, whatever notifications come, in milliseconds. */
  readonly everyMs: number;
  /** The same while nothing can be heard. */
  readonly deafMs: number;
}

/** Looks whenever there is something to see, until it is stopped: NOTIFY says when, on a connection of its own. */
export async function listen(options: Listening, stopped: AbortSignal): Promise<void> {
  while (!stopped.aborted) {
    const lost = new AbortController();
    const listener = await connect(options, () => lost.abort());
    const over = AbortSignal.any([stopped, lost.signal]);
    do {
      await options.look();
      await pause(listener === null ? options.deafMs : options.everyMs, over);
    } while (listener !== null && !over.aborted);
    await listener?.end();
  }
}

async function connect(
  { database, channel, told, deaf }: Listening,
  lost: () => void,
): Promise<pg.Client | null> {
  try {
    const listener = await database.dedicated();
    listener.once("end", lost);
    listener.on("notification", ({ payload }) => told(payload));
    await listener.query(`LISTEN ${channel}`);
    return listener;
  } catch (error) {
    deaf(error);
    return null;
  }
}
