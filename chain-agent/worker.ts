import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "./database.ts";
import { Refusal } from "./errors.ts";
import type { CanonicalChain } from "./follow/canonical-chain.ts";

/** Something that one replica does for all. */
export interface Worker {
  /** Of its lease. */
  readonly name: string;
  /** Does some of what is to be done; true where there may be more at once. */
  work(): Promise<boolean>;
  /** Whether a fault passes by itself. */
  passes(error: unknown): boolean;
}

export interface WorkerLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface DutyOptions {
  readonly database: Database;
  readonly chain: CanonicalChain;
  readonly chainId: string;
  /** Names this replica. */
  readonly holder: string;
  readonly log: WorkerLog;
  /** Seconds after which another replica takes over from one that is gone. */
  readonly leaseSeconds?: number;
  /** Longest rest without a change of the chain. */
  readonly restMs?: number;
}

const leaseSecondsDefault = 10;
const restMsDefault = 1_000;
const faultRestMs = 1_000;

/** Runs a worker for as long as this replica has its lease in PostgreSQL, and tries to have it otherwise. */
export class Duty {
  readonly #o: DutyOptions;
  readonly #worker: Worker;
  readonly #ending = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #held = false;
  #fault = "";

  constructor(worker: Worker, options: DutyOptions) {
    this.#worker = worker;
    this.#o = options;
  }

  /** This replica does it now. */
  get held(): boolean {
    return this.#held;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Finishes the step under way and gives the lease back. */
  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      const more = await this.#step();
      if (!more) await this.#o.chain.changed(this.#o.restMs ?? restMsDefault, signal);
    }
    if (this.#held) await this.#leave();
  }

  async #step(): Promise<boolean> {
    try {
      this.#held = await this.#take();
      const more = this.#held && (await this.#worker.work());
      this.#note("");
      return more;
    } catch (error) {
      this.#report(error);
      // Aborted only: nothing is lost by leaving the rest early.
      await sleep(faultRestMs, undefined, { signal: this.#ending.signal }).catch(() => undefined);
      return false;
    }
  }

  async #take(): Promise<boolean> {
    const { database, chainId, holder, leaseSeconds = leaseSecondsDefault } = this.#o;
    const text = "SELECT chain.take_lease($1, $2, $3, $4) AS held";
    const values = [chainId, this.#worker.name, holder, leaseSeconds];
    const [row] = await database.query(text, values);
    return row.held;
  }

  async #leave(): Promise<void> {
    this.#held = false;
    const { database, chainId, holder, log } = this.#o;
    const text = "SELECT chain.leave_lease($1, $2, $3)";
    try {
      await database.query(text, [chainId, this.#worker.name, holder]);
    } catch (error) {
      // It ends by itself.
      log.warn({ err: error, worker: this.#worker.name }, "while giving the lease back");
    }
  }

  /** One line when a fault begins, not one a second. */
  #report(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (message === this.#fault) return;
    this.#note(message);
    const fields = { err: error, worker: this.#worker.name };
    const passes = error instanceof Refusal || this.#worker.passes(error);
    if (passes) this.#o.log.warn(fields, "a worker waits");
    else this.#o.log.error(fields, "a worker failed");
  }

  #note(fault: string): void {
    if (fault === "" && this.#fault !== "") {
      this.#o.log.info({ worker: this.#worker.name }, "a worker goes on");
    }
    this.#fault = fault;
  }
}
