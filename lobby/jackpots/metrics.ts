import { Counter, Gauge, type Registry } from "prom-client";
import type { FiguresRow } from "./items.ts";

const labelNames = ["jackpot_namespace", "jackpot", "currency"] as const;

type Label = (typeof labelNames)[number];

/** What a figure of a jackpot is, in whole units of its currency where it is money. */
const figures: readonly { name: string; help: string; of: (row: FiguresRow) => number | null }[] = [
  { name: "pool", help: "What the next win pays.", of: (row) => money(row, row.pool) },
  { name: "overflow", help: "What feeds the next pool.", of: (row) => money(row, row.overflow) },
  {
    name: "contributions",
    help: "All that rounds have added.",
    of: (row) => money(row, row.contributions),
  },
  { name: "wins", help: "How often it was won.", of: ({ wins }) => wins },
  {
    name: "held_wins",
    help: "Wins that are set aside: draws hit more often than they may.",
    of: (row) => row.held_wins,
  },
  {
    name: "seed",
    help: "What each new pool begins with.",
    of: (row) => money(row, BigInt(row.terms.seed)),
  },
  {
    name: "ceiling",
    help: "The most that the pool may hold.",
    of: (row) => money(row, BigInt(row.terms.ceiling)),
  },
  { name: "games", help: "Games whose rounds feed it.", of: ({ games }) => games.length },
  {
    name: "behind_seconds",
    help: "How long the oldest contribution waits to be counted.",
    of: (row) => row.behind_seconds,
  },
  {
    name: "last_contribution_seconds",
    help: "When a round fed it last, in seconds since 1970; absent: never.",
    of: ({ last_contribution_at: at }) => (at === null ? null : at.getTime() / 1000),
  },
];

/** Prometheus has only floats: a figure for people and alerts, never for the books. */
function money({ digits }: FiguresRow, minor: bigint): number {
  return Number(minor) / 10 ** digits;
}

/**
 * What the lobby tells of jackpots. The label is not `namespace`: that is where the pod runs which
 * tells of it.
 */
export function jackpotMetrics(
  registry: Registry,
  rows: () => readonly FiguresRow[],
  streams: () => number,
) {
  const registers = [registry];
  for (const { name, help, of } of figures) {
    new Gauge<Label>({
      name: `pitboss_jackpot_${name}`,
      ...{ help, labelNames, registers },
      collect() {
        this.reset();
        for (const row of rows()) {
          const value = of(row);
          if (value !== null) this.set(labelsOf(row), value);
        }
      },
    });
  }
  new Gauge({
    name: "pitboss_jackpot_streams",
    help: "Clients that follow the jackpots.",
    registers,
    collect() {
      this.set(streams());
    },
  });
  // By id: a new jackpot may be counted before its name has been read.
  const taken = new Map<number, number>();
  new Counter<Label>({
    name: "pitboss_jackpot_sequenced_total",
    help: "Contributions that this pod has counted.",
    ...{ labelNames, registers },
    collect() {
      this.reset();
      for (const row of rows()) this.inc(labelsOf(row), taken.get(row.id) ?? 0);
    },
  });
  return {
    /** This pod has counted so many contributions of a jackpot. */
    counted(jackpot: number, count: number): void {
      taken.set(jackpot, (taken.get(jackpot) ?? 0) + count);
    },
  };
}

function labelsOf({ namespace, name, currency }: FiguresRow): Record<Label, string> {
  return { jackpot_namespace: namespace, jackpot: name, currency };
}
