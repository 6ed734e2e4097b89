import { randomUUID } from "node:crypto";
import type { Registry } from "prom-client";
import { type AgentSettings, Agents } from "../../runtime/agents.ts";
import type { Database } from "../../runtime/database.ts";
import { isDatabaseAway } from "../../runtime/database.ts";
import type { Logger } from "../../runtime/log.ts";
import { Desk } from "./desk.ts";
import { CashierLedger } from "./ledger.ts";
import { cashierMetrics } from "./metrics.ts";

export interface CashierOptions extends AgentSettings {
  readonly database: Database;
  readonly log: Logger;
  readonly registry?: Registry;
  /** How often the Chains are looked up. */
  readonly lookMs?: number;
}

const lookMsDefault = 5_000;

/** Deposits from the chains into the ledger, and withdrawals from it to them: a desk for each Chain that there is. */
export class Cashier {
  readonly ledger: CashierLedger;
  readonly agents: Agents;
  readonly #options: CashierOptions;
  readonly #holder = randomUUID();
  readonly #desks = new Map<string, Desk>();
  readonly #onTaken: ConstructorParameters<typeof Desk>[0]["onTaken"];
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> = Promise.resolve();

  constructor(options: CashierOptions) {
    this.#options = options;
    this.ledger = new CashierLedger(options.database);
    this.agents = new Agents(options);
    this.#onTaken = cashierMetrics(options, this.ledger);
  }

  start(): void {
    const look = () => {
      this.#looking = this.#look();
    };
    look();
    this.#timer = setInterval(look, this.#options.lookMs ?? lookMsDefault);
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#looking;
    await Promise.all([...this.#desks.values()].map((desk) => desk.stop()));
    await this.agents.stop();
  }

  /** Opens a desk for each Chain that is new, and closes those of Chains that are gone. */
  async #look(): Promise<void> {
    const { log } = this.#options;
    try {
      const chains = new Set(await this.ledger.chains());
      for (const chain of chains)
        if (!this.#desks.has(chain)) this.#desks.set(chain, this.#desk(chain));
      for (const [chain, desk] of this.#desks) {
        if (chains.has(chain)) continue;
        this.#desks.delete(chain);
        await desk.stop();
      }
    } catch (error) {
      if (!isDatabaseAway(error)) log.error({ err: error }, "while looking for Chains");
    }
  }

  #desk(chain: string): Desk {
    const { log } = this.#options;
    log.info({ chain }, "a desk opens");
    return new Desk({
      ...{ chain, log, ledger: this.ledger, holder: this.#holder, onTaken: this.#onTaken },
      agent: () => this.agents.of(chain),
    });
  }
}
