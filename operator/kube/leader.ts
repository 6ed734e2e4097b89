import { randomUUID } from "node:crypto";
import { failedWith } from "./api-error.ts";
import type { Client } from "./client.ts";
import { type Clock, systemClock } from "./clock.ts";
import { Deadline } from "./deadline.ts";
import type { Logger } from "./logger.ts";
import type { Metrics } from "./metrics.ts";
import { microTime } from "./micro-time.ts";
import type { Kind, KubeObject } from "./object.ts";

export const LEASE: Kind = {
  apiVersion: "coordination.k8s.io/v1",
  kind: "Lease",
  plural: "leases",
  namespaced: true,
};

interface Lease extends KubeObject {
  spec: {
    holderIdentity?: string;
    leaseDurationSeconds?: number;
    acquireTime?: string;
    renewTime?: string;
    leaseTransitions?: number;
  };
}

/** In milliseconds. A leader gives up well before another may take over. */
export interface LeaseTiming {
  /** How long others wait after the last renewal that they saw. */
  readonly leaseMs: number;
  /** How long the leader goes on after its last successful renewal began. */
  readonly deadlineMs: number;
  readonly retryMs: number;
}

export const LEASE_TIMING: LeaseTiming = { leaseMs: 15_000, deadlineMs: 10_000, retryMs: 2000 };

export interface LeaderElectionOptions {
  client: Client;
  namespace: string;
  name: string;
  /** This replica, for people; a random part is added, so that a restart is another candidate. */
  instance: string;
  /** Called once when leadership is lost, not when it is released. */
  onLost: (reason: Error) => void;
  metrics: Metrics;
  logger: Logger;
  clock?: Clock | undefined;
  timing?: LeaseTiming | undefined;
}

/**
 * Decides by a Lease which replica works. Nobody's wall clock counts: a candidate waits a whole
 * lease from the moment it saw the record change, by its own monotonic clock.
 */
export class LeaderElection {
  readonly identity: string;
  readonly #options: LeaderElectionOptions;
  readonly #clock: Clock;
  readonly #timing: LeaseTiming;
  readonly #stopping = new AbortController();
  #seen: { lease: Lease; at: number } | undefined;
  #heldUntil = Number.NEGATIVE_INFINITY;
  #renewing: Promise<void> = Promise.resolve();

  constructor(options: LeaderElectionOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#timing = options.timing ?? LEASE_TIMING;
    this.identity = `${options.instance}_${randomUUID()}`;
    this.#measure(0);
  }

  /** May this process act as the leader at this very moment? */
  get holds(): boolean {
    return this.#clock.monotonic() < this.#heldUntil;
  }

  /** Resolves when this process leads, and keeps it so. Rejects with the signal's reason. */
  async acquire(signal: AbortSignal): Promise<void> {
    const { logger, name } = this.#options;
    const { retryMs } = this.#timing;
    for (;;) {
      signal.throwIfAborted();
      try {
        if (await this.#try(this.#clock.monotonic() + this.#timing.deadlineMs, signal)) break;
      } catch (error) {
        logger.warn({ lease: name, err: error }, "cannot take the lease; trying again");
      }
      await this.#clock.sleep(retryMs * (1 + Math.random() / 5), signal);
    }
    logger.info({ lease: name, identity: this.identity }, "leads");
    this.#measure(1);
    this.#renewing = this.#renew();
  }

  /** Stops renewing and, if it still leads, lets the next take over at once. */
  async release(): Promise<void> {
    this.#stopping.abort(new Error("released"));
    await this.#renewing;
    const mine = this.#seen?.lease;
    if (!this.holds || !mine) return;
    this.#heldUntil = Number.NEGATIVE_INFINITY;
    this.#measure(0);
    const { logger, name, client } = this.#options;
    const spec = {
      ...mine.spec,
      holderIdentity: "",
      leaseDurationSeconds: 1,
      renewTime: this.#now(),
    };
    try {
      await client.replace<Lease>(
        LEASE,
        { ...mine, spec },
        { timeoutMs: this.#timing.deadlineMs / 2 },
      );
    } catch (error) {
      logger.warn({ lease: name, err: error }, "cannot release the lease; it will run out");
    }
  }

  async #renew(): Promise<void> {
    const { logger, name } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await this.#clock.sleep(this.#timing.retryMs, signal);
        if (!(await this.#try(this.#heldUntil, signal)))
          return this.#lose("another replica took it");
      } catch (error) {
        if (signal.aborted) return;
        logger.warn({ lease: name, err: error }, "cannot renew the lease");
      }
      if (!this.holds) return this.#lose("it could not be renewed in time");
    }
  }

  #lose(why: string): void {
    this.#heldUntil = Number.NEGATIVE_INFINITY;
    this.#measure(0);
    this.#options.onLost(new Error(`lost the lease ${this.#options.name}: ${why}`));
  }

  /** One attempt to take or to renew, over by then. False: another holds it. */
  async #try(until: number, signal?: AbortSignal): Promise<boolean> {
    const ms = until - this.#clock.monotonic();
    const deadline = new Deadline(this.#clock, ms, "the lease ran out meanwhile", signal);
    try {
      return await this.#attempt(deadline.signal);
    } finally {
      deadline.release();
    }
  }

  async #attempt(signal: AbortSignal): Promise<boolean> {
    // What was last seen is ours: if nobody wrote since, one call is enough.
    const mine = this.holds ? this.#seen?.lease : undefined;
    if (mine) {
      try {
        return await this.#write(mine, signal);
      } catch (error) {
        if (!failedWith(error, "conflict", "notFound")) throw error;
        this.#options.metrics.leaderSlowpath.inc({ name: this.#options.name });
      }
    }
    const lease = await this.#read(signal);
    if (lease && this.#isTaken(lease)) return false;
    return this.#write(lease, signal);
  }

  async #read(signal: AbortSignal): Promise<Lease | undefined> {
    const { client, name, namespace } = this.#options;
    const timeoutMs = this.#timing.deadlineMs / 2;
    const lease = await client.find<Lease>(LEASE, { name, namespace }, { signal, timeoutMs });
    if (lease && lease.metadata.resourceVersion !== this.#seen?.lease.metadata.resourceVersion) {
      this.#seen = { lease, at: this.#clock.monotonic() };
    }
    return lease;
  }

  #isTaken({ spec }: Lease): boolean {
    if (!spec.holderIdentity || spec.holderIdentity === this.identity) return false;
    const leaseMs = (spec.leaseDurationSeconds ?? 0) * 1000 || this.#timing.leaseMs;
    return this.#clock.monotonic() < (this.#seen?.at ?? 0) + leaseMs;
  }

  /** True if written; false if another was first. */
  async #write(old: Lease | undefined, signal: AbortSignal): Promise<boolean> {
    const { client, name, namespace } = this.#options;
    const began = this.#clock.monotonic();
    const held = old?.spec.holderIdentity === this.identity;
    const now = this.#now();
    const lease: Lease = {
      apiVersion: LEASE.apiVersion,
      kind: LEASE.kind,
      metadata: old?.metadata ?? { name, namespace },
      spec: {
        holderIdentity: this.identity,
        leaseDurationSeconds: Math.ceil(this.#timing.leaseMs / 1000),
        acquireTime: held ? (old.spec.acquireTime ?? now) : now,
        renewTime: now,
        leaseTransitions: (old?.spec.leaseTransitions ?? 0) + (old && !held ? 1 : 0),
      },
    };
    const timeoutMs = this.#timing.deadlineMs / 2;
    try {
      const written = await client.replace<Lease>(LEASE, lease, { signal, timeoutMs });
      this.#seen = { lease: written, at: this.#clock.monotonic() };
    } catch (error) {
      // Without a version the API calls it invalid to replace what is there.
      if (!held && failedWith(error, "conflict", "exists", "invalid")) return false;
      throw error;
    }
    // From before the call: others count from when they saw it, which is later.
    this.#heldUntil = began + this.#timing.deadlineMs;
    return true;
  }

  #now(): string {
    return microTime(this.#clock.date());
  }

  #measure(leads: 0 | 1): void {
    this.#options.metrics.leader.set({ name: this.#options.name }, leads);
  }
}
