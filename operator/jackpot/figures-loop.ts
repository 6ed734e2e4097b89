import type { Jackpot } from "../../crds/generated/jackpot.ts";
import { failedWith } from "../kube/api-error.ts";
import type { Informer } from "../kube/informer.ts";
import type { Logger } from "../kube/logger.ts";
import type { Loop } from "../platform/housekeeping.ts";
import { PAUSED_ANNOTATION } from "../platform/names.ts";

interface Options {
  readonly everyMs: number;
  readonly jackpots: Pick<Informer<Jackpot>, "list">;
  readonly logger: Logger;
  /** Reads what all pools hold. */
  readonly refresh: () => Promise<boolean>;
  /** Writes it into the status where it is new. */
  readonly report: (jackpot: Jackpot) => Promise<void>;
}

/**
 * Keeps what the statuses say of the pools no older than that. Pools change all the time and call for
 * nothing, so this stays out of the controller's queue.
 */
export function figuresLoop(options: Options): Loop {
  let running: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    running = running.then(() => once(options));
  }, options.everyMs).unref();
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}

async function once({ jackpots, logger, refresh, report }: Options): Promise<void> {
  try {
    if (!(await refresh())) return;
  } catch (error) {
    logger.warn({ err: error }, "cannot read what the jackpots hold; it is tried again");
    return;
  }
  for (const jackpot of jackpots.list()) {
    if (jackpot.metadata.annotations?.[PAUSED_ANNOTATION] === "true") continue;
    try {
      await report(jackpot);
    } catch (error) {
      // Somebody else wrote the status meanwhile; theirs counts, ours waits for the next time.
      if (failedWith(error, "conflict", "notFound")) continue;
      logger.warn({ err: error, jackpot: jackpot.metadata.name }, "cannot say what a pool holds");
      return;
    }
  }
}
