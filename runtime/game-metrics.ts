import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { isDatabaseAway } from "./database-away.ts";
import { isRefusal } from "./errors.ts";
import { secondsBuckets } from "./metrics.ts";
import type { Hooks, Rounds } from "./types.ts";

/** How long the alarm stays up after a round was refused: longer than a scrape interval. */
const ALARM_MS = 60_000;

/**
 * What is known of a game's rounds. Money is counted when a round is settled, and a round is counted
 * when it is answered: nothing here shows an outcome before its player can see it.
 */
export function gameMetrics(registry: Registry): Hooks {
  const registers = [registry];
  const rounds = new Counter({
    name: "pitboss_rounds_total",
    help: "Bets by what became of them: created, replayed, or the code of the refusal.",
    labelNames: ["result"],
    registers,
  });
  const stake = new Counter({
    name: "pitboss_stake_minor_total",
    help: "Stakes of settled rounds in minor units.",
    labelNames: ["currency"],
    registers,
  });
  const payout = new Counter({
    name: "pitboss_payout_minor_total",
    help: "Payouts of settled rounds in minor units.",
    labelNames: ["currency"],
    registers,
  });
  const settled = new Counter({
    name: "pitboss_rounds_settled_total",
    help: "Settled rounds by who took the last action: the player, or the default action.",
    labelNames: ["by"],
    registers,
  });
  const batchSize = new Histogram({
    name: "pitboss_batch_rounds",
    help: "Rounds in one SQL call.",
    buckets: [1, 2, 4, 8, 16, 32, 64],
    registers,
  });
  const batchSeconds = new Histogram({
    name: "pitboss_batch_seconds",
    help: "Time of one SQL call that plays rounds.",
    buckets: secondsBuckets,
    registers,
  });
  const entropy = new Counter({
    name: "pitboss_entropy_total",
    help: "What seed pairs got of a chain: a height reserved, a final block, played without (waived); down: no answer.",
    labelNames: ["result"],
    registers,
  });
  const alarm = alarmGauge(registry);
  return {
    placed: (result) => rounds.inc({ result }),
    settled(currency, staked, paid, by) {
      settled.inc({ by });
      stake.inc({ currency }, Number(staked));
      payout.inc({ currency }, Number(paid));
    },
    batch(size, seconds) {
      batchSize.observe(size);
      batchSeconds.observe(seconds);
    },
    payoutLimited: alarm,
    entropy: (result) => entropy.inc({ result }),
    database: databaseGauge(registry),
  };
}

function alarmGauge(registry: Registry): (currency: string) => void {
  const last = new Map<string, number>();
  new Gauge({
    name: "pitboss_payout_limit_alarm",
    help: "1 while the game refuses rounds because it has paid out its limit of a minute.",
    labelNames: ["currency"],
    registers: [registry],
    collect() {
      for (const [currency, at] of last) {
        this.set({ currency }, Date.now() - at < ALARM_MS ? 1 : 0);
      }
    },
  });
  return (currency) => last.set(currency, Date.now());
}

/** What is read from the database when the metrics are; while it is away, the last number stays. */
export function openRoundsGauge(
  registry: Registry,
  game: { ready(): boolean; openRounds(): Promise<number> },
): void {
  new Gauge({
    name: "pitboss_open_rounds",
    help: "Open rounds of the game, in all of its pods together.",
    registers: [registry],
    async collect() {
      try {
        if (game.ready()) this.set(await game.openRounds());
      } catch (error) {
        if (!isDatabaseAway(error)) throw error;
      }
    },
  });
}

function databaseGauge(registry: Registry): (up: boolean) => void {
  const gauge = new Gauge({
    name: "pitboss_database_up",
    help: "1 while the database answers.",
    registers: [registry],
  });
  gauge.set(1);
  return (up) => gauge.set(up ? 1 : 0);
}

/** The same rounds, timed from the checked request to its result. */
export function timedRounds(rounds: Rounds, registry: Registry): Rounds {
  const seconds = new Histogram({
    name: "pitboss_round_seconds",
    help: "Time to play a bet or take an action, by whether it was done or refused.",
    labelNames: ["call", "result"],
    buckets: secondsBuckets,
    registers: [registry],
  });
  async function timed<T>(call: string, work: Promise<T>): Promise<T> {
    const begun = performance.now();
    const result = await work;
    const labels = { call, result: isRefusal(result) ? "refused" : "done" };
    seconds.observe(labels, (performance.now() - begun) / 1000);
    return result;
  }
  return {
    place: (request) => timed("place", rounds.place(request)),
    act: (request) => timed("act", rounds.act(request)),
    get: (player, id) => rounds.get(player, id),
    list: (player, request) => rounds.list(player, request),
    proof: (player, id) => rounds.proof(player, id),
  };
}
