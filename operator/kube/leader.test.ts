import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { Registry } from "prom-client";
import { ApiError } from "./api-error.ts";
import type { Client } from "./client.ts";
import { LeaderElection } from "./leader.ts";
import { Metrics } from "./metrics.ts";
import type { KubeObject } from "./object.ts";
import { FakeClock } from "./testing/fake-clock.ts";
import { QuietLogger } from "./testing/quiet-logger.ts";

interface Lease extends KubeObject {
  spec: { holderIdentity?: string; leaseTransitions?: number; leaseDurationSeconds?: number };
}

/** The one Lease, with the API's rules for versions. */
class Leases {
  lease: Lease | undefined;
  writes = 0;
  /** Calls wait until they are given up. */
  paused = false;
  /** The next writes take effect, but their answers are lost. */
  loseAnswers = 0;
  #version = 0;

  async find(
    _kind: unknown,
    _name: unknown,
    call: { signal?: AbortSignal },
  ): Promise<Lease | undefined> {
    await this.#reach("read", call.signal);
    return structuredClone(this.lease);
  }

  async replace(_kind: unknown, lease: Lease, call: { signal?: AbortSignal }): Promise<Lease> {
    await this.#reach("write", call.signal);
    const given = lease.metadata.resourceVersion;
    if (this.lease ? given !== this.lease.metadata.resourceVersion : given !== undefined) {
      throw new ApiError({
        doing: "replace",
        failure: given ? "conflict" : "invalid",
        code: given ? 409 : 422,
      });
    }
    this.writes++;
    const resourceVersion = String(++this.#version);
    this.lease = { ...structuredClone(lease), metadata: { ...lease.metadata, resourceVersion } };
    if (this.loseAnswers-- > 0) throw new ApiError({ doing: "replace", failure: "away" });
    return structuredClone(this.lease);
  }

  async #reach(doing: string, signal: AbortSignal | undefined): Promise<void> {
    if (!this.paused) return;
    await new Promise((_, reject) => {
      signal?.addEventListener("abort", () => reject(new ApiError({ doing, failure: "away" })));
    });
  }
}

describe("LeaderElection", () => {
  let leases: Leases;
  let clock: FakeClock;

  beforeEach(() => {
    leases = new Leases();
    clock = new FakeClock();
  });

  function candidate(instance: string, options: { clock?: FakeClock; leases?: Leases } = {}) {
    const lost: string[] = [];
    const registry = new Registry();
    const election = new LeaderElection({
      client: (options.leases ?? leases) as unknown as Client,
      namespace: "pitboss",
      name: "pitboss-operator",
      instance,
      onLost: (reason) => lost.push(reason.message),
      metrics: new Metrics(registry),
      logger: new QuietLogger(),
      clock: options.clock ?? clock,
    });
    const stop = new AbortController();
    const run = { election, lost, leads: false, stop, registry };
    election.acquire(stop.signal).then(
      () => {
        run.leads = true;
      },
      () => {},
    );
    return run;
  }

  it("takes a lease that is not there, and renews it", async () => {
    const a = candidate("a");
    await clock.advance(0);
    assert.equal(a.leads, true);
    assert.equal(a.election.holds, true);
    assert.match(leases.lease?.spec.holderIdentity ?? "", /^a_/);
    assert.equal(leases.lease?.spec.leaseDurationSeconds, 15);
    await clock.advance(60_000);
    assert.equal(a.election.holds, true);
    assert.equal(leases.writes, 31);
    assert.match(
      await a.registry.metrics(),
      /leader_election_master_status\{name="pitboss-operator"\} 1\n/,
    );
  });

  it("lets only one of two lead", async () => {
    const a = candidate("a");
    const b = candidate("b");
    await clock.advance(60_000);
    assert.deepEqual([a.leads, b.leads], [true, false]);
    assert.deepEqual([a.election.holds, b.election.holds], [true, false]);
    assert.equal(leases.lease?.spec.leaseTransitions, 0);
  });

  it("takes over only when the leader has surely given up", async () => {
    const own = new Leases();
    const shared = leases;
    const a = candidate("a");
    await clock.advance(0);
    const b = candidate("b");
    await clock.advance(4000);
    // The leader alone is cut off: its calls hang, the other's do not.
    const cutOff = async (_kind: unknown, _name: unknown, { signal }: { signal?: AbortSignal }) => {
      own.paused = true;
      return own.find(undefined, undefined, signal ? { signal } : {});
    };
    const replace = shared.replace.bind(shared);
    shared.replace = async (kind, lease, call) =>
      lease.spec.holderIdentity === a.election.identity
        ? ((await cutOff(kind, lease, call)) as unknown as Lease)
        : replace(kind, lease, call);
    let overlap = false;
    for (let ms = 0; ms < 30_000; ms += 100) {
      await clock.advance(100);
      overlap ||= a.election.holds && b.election.holds;
    }
    assert.equal(overlap, false);
    assert.equal(a.lost.length, 1);
    assert.match(a.lost[0] ?? "", /could not be renewed in time/);
    assert.equal(b.leads, true);
    assert.equal(leases.lease?.spec.leaseTransitions, 1);
    assert.match(
      await a.registry.metrics(),
      /leader_election_master_status\{name="pitboss-operator"\} 0\n/,
    );
  });

  it("does not believe anybody's time of day", async () => {
    class SkewedClock extends FakeClock {
      override date(): Date {
        return new Date(Date.UTC(2050, 0, 1) + this.monotonic());
      }
    }
    const skewed = new SkewedClock();
    const a = candidate("a");
    await clock.advance(0);
    const b = candidate("b", { clock: skewed });
    for (let i = 0; i < 60; i++) {
      await clock.advance(1000);
      await skewed.advance(1000);
    }
    assert.deepEqual([a.leads, b.leads], [true, false]);
    // And a candidate from the past takes a lease from the future once it is not renewed.
    a.stop.abort();
    const c = candidate("c");
    await a.election.release();
    leases.lease = {
      ...(leases.lease ?? { apiVersion: "", kind: "", metadata: { name: "" } }),
      spec: { holderIdentity: "dead", leaseDurationSeconds: 15 },
    };
    leases.lease.metadata.resourceVersion = "4000";
    await clock.advance(14_000);
    assert.equal(c.leads, false);
    await clock.advance(5_000);
    assert.equal(c.leads, true);
  });

  it("loses at once when another took the lease", async () => {
    const a = candidate("a");
    await clock.advance(0);
    leases.lease = {
      apiVersion: "",
      kind: "Lease",
      metadata: { name: "", resourceVersion: "999" },
      spec: { holderIdentity: "thief", leaseDurationSeconds: 15 },
    };
    await clock.advance(2000);
    assert.equal(a.election.holds, false);
    assert.match(a.lost[0] ?? "", /another replica took it/);
    assert.equal(leases.lease?.spec.holderIdentity, "thief");
  });

  it("goes on when the answer to its own renewal was lost", async () => {
    const a = candidate("a");
    await clock.advance(0);
    leases.loseAnswers = 1;
    await clock.advance(20_000);
    assert.equal(a.election.holds, true);
    assert.deepEqual(a.lost, []);
    assert.match(
      await a.registry.metrics(),
      /leader_election_slowpath_total\{name="pitboss-operator"\} 1\n/,
    );
  });

  it("stops holding at its deadline, before any timer says so", async () => {
    const a = candidate("a");
    await clock.advance(0);
    leases.paused = true;
    const before = clock.monotonic();
    // As if the process had been stopped: time passes, and no timer has fired yet.
    const frozen = { now: before + 10_001 };
    clock.monotonic = () => frozen.now;
    assert.equal(a.election.holds, false);
  });

  it("hands over at once when released", async () => {
    const a = candidate("a");
    await clock.advance(0);
    const b = candidate("b");
    await clock.advance(5000);
    const released = a.election.release();
    await clock.advance(0);
    await released;
    assert.equal(leases.lease?.spec.holderIdentity, "");
    assert.equal(a.election.holds, false);
    assert.deepEqual(a.lost, []);
    await clock.advance(2500);
    assert.equal(b.leads, true);
  });

  it("gives up waiting when told to", async () => {
    candidate("a");
    await clock.advance(0);
    const b = candidate("b");
    await clock.advance(0);
    b.stop.abort();
    await b.election.release();
    await clock.advance(100_000);
    assert.equal(b.leads, false);
  });

  it("is another candidate after a restart under the same name", async () => {
    const first = candidate("pod-0");
    await clock.advance(0);
    const again = candidate("pod-0");
    assert.notEqual(first.election.identity, again.election.identity);
    await clock.advance(10_000);
    assert.equal(again.leads, false);
  });

  it("lets one of many win a lease that none has", async () => {
    const all = Array.from({ length: 10 }, (_, i) => candidate(`${i}`));
    await clock.advance(60_000);
    assert.equal(all.filter(({ leads }) => leads).length, 1);
    assert.equal(all.filter(({ election }) => election.holds).length, 1);
  });
});
