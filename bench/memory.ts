import { stopAll } from "../test/harness/session.ts";
import { openCasino } from "./casino.ts";
import { print, rounded } from "./figure.ts";
import { load } from "./load.ts";
import { residentMb } from "./resident.ts";
import { serve } from "./serve.ts";

const LIMIT_MB = 120;

/** Resident memory of one runtime, idle and right after 20 s of 64 players, against its limit. */
export async function memory(): Promise<void> {
  const casino = await openCasino(8);
  const served = await serve(casino, 64);
  try {
    const idleMb = residentMb(served.pid);
    await load(served.url, `/games/${casino.game}/rounds`, served.players, 20);
    const limit = { unit: "MB resident", reference: LIMIT_MB, referenceIs: "the limit" };
    print({ bench: "memory", figure: rounded(idleMb), ...limit, of: "an idle runtime" });
    const busyMb = residentMb(served.pid);
    print({
      bench: "memory",
      figure: rounded(busyMb),
      ...limit,
      of: "a runtime after 20 s of 64 players",
    });
  } finally {
    await served.stop();
    await casino.stop();
    await stopAll();
  }
}
