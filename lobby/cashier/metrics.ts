import { Counter, Gauge, type Registry } from "prom-client";
import type { Logger } from "../../runtime/log.ts";
import type { CashierLedger, Taken } from "./ledger.ts";

export interface CashierMetrics {
  readonly log: Logger;
  readonly registry?: Registry;
}

/** Counts and tells what streams did; a contradiction of what was final is for a person, at once. */
export function cashierMetrics(
  { log, registry }: CashierMetrics,
  ledger: CashierLedger,
): (taken: Taken) => void {
  const registers = registry === undefined ? [] : [registry];
  const events = new Counter({
    name: "pitboss_cashier_events_total",
    help: "Deposits credited, withdrawals refunded, deposits held for a person, final facts contradicted",
    labelNames: ["event"],
    registers,
  });
  const oldest = new Gauge({
    name: "pitboss_cashier_oldest_seconds",
    help: "Age of the oldest deposit or withdrawal that is not over, by chain and state",
    labelNames: ["chain", "what"],
    registers,
  });
  new Gauge({
    name: "pitboss_cashier_waiting",
    help: "Deposits and withdrawals that are not over, by chain and state",
    labelNames: ["chain", "what"],
    registers,
    async collect() {
      this.reset();
      oldest.reset();
      // Where the database is away the figures are absent.
      const figures = await ledger.figures().catch(() => []);
      for (const { chain, what, number, oldest: since } of figures) {
        this.set({ chain, what }, number);
        oldest.set({ chain, what }, (Date.now() - since.getTime()) / 1000);
      }
    },
  });
  return ({ credited, refunded, held, contradicted }) => {
    events.inc({ event: "credited" }, credited);
    events.inc({ event: "refunded" }, refunded);
    events.inc({ event: "held" }, held.length);
    events.inc({ event: "contradicted" }, contradicted.length);
    if (held.length > 0)
      log.error({ held }, "final deposits cannot be credited: a person must look");
    if (contradicted.length === 0) return;
    log.error({ contradicted }, "what was booked as final is told otherwise: a person must look");
  };
}
