import type { Jackpot, JackpotStatus } from "../../crds/generated/jackpot.ts";
import type { Config } from "../config.ts";
import { keyOf } from "../kube/object.ts";
import type { Loop } from "../platform/housekeeping.ts";
import { jackpotKeys } from "../platform/informers.ts";
import { kinds } from "../platform/kinds.ts";
import {
  type KindController,
  labelledKeys,
  type Machinery,
  matters,
} from "../platform/machinery.ts";
import { StatusWriter } from "../platform/status-writer.ts";
import type { JackpotContext } from "./context.ts";
import { figuresLoop } from "./figures-loop.ts";
import type { JackpotDatabase } from "./jackpot-database.ts";
import type { JackpotMetrics } from "./metrics.ts";
import { reconcileJackpot, reportObserved } from "./reconcile.ts";
import { JACKPOT_LABEL } from "./resources/names.ts";

const CONCURRENCY = 4;

interface Options {
  readonly databases: JackpotDatabase;
  readonly metrics: JackpotMetrics;
  /** How old what a status says of its pool may be, and how often it is written at most. */
  readonly figuresEveryMs: number;
}

/** Wires the Jackpot controller: what it watches, and what each change makes it look at. */
export function jackpotController(
  machinery: Machinery,
  { platform }: Config,
  { databases, metrics, figuresEveryMs }: Options,
): KindController {
  const { client, discovery, events, logger, platformDatabase } = machinery;
  const { jackpots, games, prometheusRules } = machinery.shared;
  const context: JackpotContext = {
    ...{ client, discovery, events, logger, platform, databases, metrics, jackpots, games },
    statuses: new StatusWriter<JackpotStatus>(client, kinds.jackpot, jackpots),
    cacheOf: () => prometheusRules,
    now: () => new Date(),
    observed: new Map(),
  };
  const controller = machinery.controller({
    name: "jackpot",
    reconcile: (key) => reconcileJackpot(context, key),
    concurrency: CONCURRENCY,
  });
  const enqueueAll = () => {
    for (const jackpot of jackpots.list()) controller.enqueue(keyOf(jackpot), { low: true });
  };

  jackpots.onChange((change) => {
    if (matters(change)) controller.enqueue(change.key, { low: change.low });
  });
  games.onChange((change) => {
    if (!matters(change) || change.low) return;
    const named = [change.before, change.after].flatMap((game) => (game ? jackpotKeys(game) : []));
    for (const key of new Set(named)) controller.enqueue(key);
  });
  controller.watches(prometheusRules, (object) => labelledKeys(object, JACKPOT_LABEL));
  discovery.onChange(enqueueAll);
  platformDatabase.onChange(enqueueAll);

  let loop: Loop | undefined;
  const report = (jackpot: Jackpot) => reportObserved(context, keyOf(jackpot), jackpot);
  return {
    async lead() {
      const refresh = () => databases.refresh();
      // Before the first look at a Game that names one; what fails now is tried again with each Jackpot.
      await refresh().catch((error: unknown) =>
        logger.warn({ err: error }, "cannot read what the jackpots hold; it is tried again"),
      );
      loop = figuresLoop({ everyMs: figuresEveryMs, jackpots, logger, refresh, report });
    },
    async stop() {
      await loop?.stop();
    },
  };
}
