import { Gauge, type Registry } from "prom-client";
import type { DepositStore } from "./deposits/store.ts";
import { Refusal } from "./errors.ts";
import type { WithdrawalStore } from "./withdrawals/store.ts";
import type { Duty } from "./worker.ts";

export interface MoneyMetrics {
  readonly chainId: string;
  readonly deposits: DepositStore;
  readonly withdrawals: WithdrawalStore;
  readonly duties: ReadonlyMap<string, Duty>;
}

/** States that are shown as 0 where nothing is in them, so that an alert sees them come and go. */
const shown = ["ACCEPTED", "BROADCAST", "MINED", "NEEDS_ATTENTION"] as const;

/** What is asked of PostgreSQL when somebody looks; where it is away the figures are absent. */
export function moneyMetrics(registry: Registry, options: MoneyMetrics): void {
  const { chainId: chain, deposits, withdrawals, duties } = options;
  const registers = [registry];
  new Gauge({
    name: "pitboss_chain_scanned_height",
    help: "Block up to which deposits were looked for",
    labelNames: ["chain"],
    registers,
    async collect() {
      this.reset();
      const position = await unlessAway(deposits.position());
      if (position !== undefined) this.set({ chain }, Number(position.block.height));
    },
  });
  const oldest = new Gauge({
    name: "pitboss_chain_withdrawal_oldest_seconds",
    help: "Age of the oldest withdrawal in a state that is not over",
    labelNames: ["chain", "state"],
    registers,
  });
  new Gauge({
    name: "pitboss_chain_withdrawals",
    help: "Withdrawals that are not over, by state",
    labelNames: ["chain", "state"],
    registers,
    async collect() {
      this.reset();
      oldest.reset();
      const figures = await unlessAway(withdrawals.figures());
      if (figures === undefined) return;
      for (const state of shown) {
        const figure = figures.find((one) => one.state === state);
        this.set({ chain, state }, Number(figure?.number ?? 0n));
        const age = figure === undefined ? 0 : Date.now() - figure.oldest.getTime();
        oldest.set({ chain, state }, age / 1000);
      }
    },
  });
  new Gauge({
    name: "pitboss_chain_duty",
    help: "1 where this replica does the work: scan, or a wallet",
    labelNames: ["chain", "duty"],
    registers,
    collect() {
      for (const [duty, { held }] of duties) this.set({ chain, duty }, held ? 1 : 0);
    },
  });
}

/** Only an absent database leaves a figure out; any other fault fails the look, so that somebody sees it. */
async function unlessAway<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Refusal && error.reason === "DATABASE_AWAY") return undefined;
    throw error;
  }
}
