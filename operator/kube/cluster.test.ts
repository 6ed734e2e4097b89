import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, before, describe, it } from "mocha";
import { Registry } from "prom-client";
import { type TestCluster, testCluster } from "../../test/harness/control-plane.ts";
import { failedWith } from "./api-error.ts";
import { needsApply, withDesiredHash } from "./apply-diff.ts";
import { Client, type ClientOptions } from "./client.ts";
import { Discovery } from "./discovery.ts";
import { EVENT, EventRecorder } from "./events.ts";
import { Informer, type InformerOptions } from "./informer.ts";
import { LEASE, LeaderElection } from "./leader.ts";
import { loadConfig, parseConfig } from "./load-config.ts";
import { Metrics } from "./metrics.ts";
import { type Kind, type KubeObject, keyOf } from "./object.ts";
import { eventually } from "./testing/eventually.ts";
import { QuietLogger } from "./testing/quiet-logger.ts";

const NAMESPACE: Kind = {
  apiVersion: "v1",
  kind: "Namespace",
  plural: "namespaces",
  namespaced: false,
};
const MAP: Kind = { apiVersion: "v1", kind: "ConfigMap", plural: "configmaps", namespaced: true };
const DEPLOYMENT: Kind = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  plural: "deployments",
  namespaced: true,
};
const CRD: Kind = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  plural: "customresourcedefinitions",
  namespaced: false,
};
const THING: Kind = {
  apiVersion: "kube.pitboss.test/v1",
  kind: "Thing",
  plural: "things",
  namespaced: true,
};
const namespace = "kube-test";

type ConfigMap = KubeObject & { data?: Record<string, string> };
type Thing = KubeObject & {
  spec?: { size?: number };
  status?: { conditions?: { type: string; status: string }[]; replicas?: number };
};

function map(
  name: string,
  data: Record<string, string>,
  labels: Record<string, string> = {},
): ConfigMap {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace, labels }, data };
}

function thing(name: string, size = 1): Thing {
  return {
    apiVersion: THING.apiVersion,
    kind: "Thing",
    metadata: { name, namespace },
    spec: { size },
  };
}

/** A CRD with a status subresource and conditions as a list map. */
const thingCrd: KubeObject & { spec: unknown } = {
  apiVersion: CRD.apiVersion,
  kind: CRD.kind,
  metadata: { name: "things.kube.pitboss.test" },
  spec: {
    group: "kube.pitboss.test",
    scope: "Namespaced",
    names: { plural: "things", singular: "thing", kind: "Thing" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              spec: { type: "object", properties: { size: { type: "integer", maximum: 9 } } },
              status: {
                type: "object",
                properties: {
                  replicas: { type: "integer" },
                  conditions: {
                    type: "array",
                    "x-kubernetes-list-type": "map",
                    "x-kubernetes-list-map-keys": ["type"],
                    items: {
                      type: "object",
                      required: ["type"],
                      properties: { type: { type: "string" }, status: { type: "string" } },
                    },
                  },
                },
              },
            },
          },
        },
      },
    ],
  },
};

describe("on a real API server", () => {
  let cluster: TestCluster;
  const closing: (() => Promise<unknown>)[] = [];

  before(async function () {
    this.timeout(180_000);
    cluster = await testCluster();
    const client = connect();
    await client.apply(NAMESPACE, {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: namespace },
    });
    await client.apply(CRD, thingCrd);
    await eventually("things are served", async () => {
      const list = await client.list(THING).catch(() => undefined);
      return list !== undefined;
    });
    await close();
  });

  afterEach(close);

  async function close(): Promise<void> {
    for (const end of closing.splice(0).toReversed()) await end();
  }

  function connect(options: Partial<ClientOptions> = {}): Client {
    const config = parseConfig(readFileSync(cluster.kubeconfig, "utf8"));
    const client = new Client({ config, metrics: new Metrics(new Registry()), ...options });
    closing.push(() => client.close());
    return client;
  }

  async function follow<T extends KubeObject>(
    client: Client,
    kind: Kind,
    options: Partial<InformerOptions<T>> = {},
  ): Promise<Informer<T>> {
    const metrics = new Metrics(new Registry());
    const logger = new QuietLogger();
    const informer = new Informer<T>({
      client,
      kind,
      namespaces: [namespace],
      metrics,
      logger,
      ...options,
    });
    closing.push(() => informer.stop());
    informer.start();
    await informer.whenSynced(AbortSignal.timeout(10_000));
    return informer;
  }

  it("signs in with a token file and a CA file", async () => {
    const { mkdtemp, writeFile, rm } = await import("node:fs/promises");
    const { tmpdir } = await import("node:os");
    const { join } = await import("node:path");
    const folder = await mkdtemp(join(tmpdir(), "pitboss-token-"));
    closing.push(() => rm(folder, { recursive: true }));
    const tokenFile = join(folder, "token");
    await writeFile(tokenFile, `${cluster.adminToken}\n`);
    const { hostname: host, port } = new URL(cluster.url);
    const config = loadConfig({ tokenFile, caFile: cluster.caFile, host, port });
    const client = connect({ config });
    assert.equal((await client.get(NAMESPACE, { name: namespace })).metadata.name, namespace);
    assert.throws(() => loadConfig({ tokenFile }), /KUBERNETES_SERVICE_HOST/);
  });

  describe("apply", () => {
    it("makes an object, and changes nothing when applied again", async () => {
      const client = connect();
      const first = await client.apply<ConfigMap>(MAP, map("again", { a: "1" }));
      const second = await client.apply<ConfigMap>(MAP, map("again", { a: "1" }));
      assert.equal(second.metadata.resourceVersion, first.metadata.resourceVersion);
      assert.equal(first.metadata.managedFields?.[0]?.manager, "pitboss");
      assert.equal(first.metadata.managedFields?.[0]?.operation, "Apply");
    });

    it("drops what is no longer wanted and keeps what others added", async () => {
      const client = connect();
      const made = await client.apply<ConfigMap>(MAP, map("shared", { a: "1", b: "2" }));
      const theirs = { ...made, data: { ...made.data, theirs: "x" } };
      await client.replace(MAP, { ...theirs, metadata: { ...theirs.metadata, managedFields: [] } });
      const applied = await client.apply<ConfigMap>(MAP, map("kept", { a: "1" }));
      assert.deepEqual(applied.data, { a: "1" });
      const shrunk = await client.apply<ConfigMap>(MAP, map("shared", { a: "1" }));
      assert.equal(shrunk.data?.["theirs"], "x");
    });

    it("takes a field from whoever holds it", async () => {
      const client = connect();
      const made = await client.apply<ConfigMap>(MAP, map("taken", { a: "1" }));
      await client.replace(MAP, { ...made, data: { a: "drift" } });
      const repaired = await client.apply<ConfigMap>(MAP, map("taken", { a: "1" }));
      assert.equal(repaired.data?.["a"], "1");
    });

    it("does not reach another object of the same name, nor make one that must exist", async () => {
      const client = connect();
      const { metadata } = await client.apply<ConfigMap>(MAP, map("reborn", { a: "1" }));
      const old = {
        ...map("reborn", { a: "2" }),
        metadata: { name: "reborn", namespace, uid: metadata.uid ?? "" },
      };
      assert.equal(await client.delete(MAP, { ...old, metadata }), true);
      await assert.rejects(client.apply(MAP, old), (error) => failedWith(error, "conflict"));
      await client.apply<ConfigMap>(MAP, map("reborn", { a: "3" }));
      await assert.rejects(client.apply(MAP, old), (error) => failedWith(error, "conflict"));
      assert.equal(
        (await client.get<ConfigMap>(MAP, { name: "reborn", namespace })).data?.["a"],
        "3",
      );
    });

    it("tells an invalid object and a missing namespace from a missing kind", async () => {
      const client = connect();
      await assert.rejects(client.apply(THING, thing("big", 10)), (error) =>
        failedWith(error, "invalid"),
      );
      const astray = { ...thing("astray"), metadata: { name: "astray", namespace: "nowhere" } };
      await assert.rejects(
        client.apply(THING, astray),
        (error) => failedWith(error, "notFound") && !error.kindMissing,
      );
      for (const apiVersion of ["none.test/v1", "kube.pitboss.test/v2", "v1"]) {
        const none = { ...THING, apiVersion, plural: "nones" };
        await assert.rejects(
          client.find(none, { name: "x", namespace }),
          (error) => failedWith(error, "notFound") && error.kindMissing,
        );
      }
    });

    it("is needed once, and again after drift: for a Deployment with everything defaulted", async () => {
      const client = connect();
      const labels = { app: "dice" };
      const desired = withDesiredHash({
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "dice", namespace, labels: {} },
        spec: {
          replicas: 0,
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: {
              automountServiceAccountToken: false,
              securityContext: {},
              containers: [
                {
                  name: "game",
                  image: "pitboss:local",
                  ports: [{ name: "http", containerPort: 8080 }],
                  env: [
                    { name: "A", value: "1" },
                    { name: "P", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
                  ],
                  resources: {
                    requests: { cpu: "0.25", memory: "1024Mi" },
                    limits: { cpu: "1000m" },
                  },
                },
              ],
              volumes: [{ name: "tmp", emptyDir: {} }],
            },
          },
        },
      });
      const applied = await client.apply<typeof desired>(DEPLOYMENT, desired);
      assert.equal(needsApply(desired, applied), false);
      let live: typeof desired | undefined;
      // The Deployment controller writes its status at the same time.
      await eventually("it drifted", async () => {
        const now = await client.get<typeof desired>(DEPLOYMENT, { name: "dice", namespace });
        const drifted = { ...now, spec: { ...now.spec, replicas: 3 } };
        live = await client.replace(DEPLOYMENT, drifted).catch(() => undefined);
        return live !== undefined;
      });
      assert.equal(needsApply(desired, live), true);
      assert.equal(needsApply(desired, await client.apply(DEPLOYMENT, desired)), false);
    });
  });

  it("applies a status apart from the rest, beside other writers' conditions", async () => {
    const client = connect();
    const made = await client.apply<Thing>(THING, thing("status"));
    const ready = {
      ...made,
      status: { replicas: 2, conditions: [{ type: "Ready", status: "True" }] },
    };
    const first = await client.applyStatus<Thing>(THING, ready);
    assert.equal(first.metadata.generation, made.metadata.generation);
    const conditions = [...(first.status?.conditions ?? []), { type: "Theirs", status: "True" }];
    // Another writer, as kubectl edit --subresource=status would.
    const { status, data } = await patchStatus({ conditions });
    assert.equal(status, 200, data);
    const second = await client.applyStatus<Thing>(THING, {
      ...made,
      status: { conditions: ready.status.conditions },
    });
    assert.deepEqual(second.status?.conditions?.map(({ type }) => type).toSorted(), [
      "Ready",
      "Theirs",
    ]);
    const again = await client.applyStatus<Thing>(THING, {
      ...made,
      status: { conditions: ready.status.conditions },
    });
    assert.equal(again.metadata.resourceVersion, second.metadata.resourceVersion);
    const dropped = await client.applyStatus<Thing>(THING, { ...made, status: {} });
    assert.deepEqual(
      dropped.status?.conditions?.map(({ type }) => type),
      ["Theirs"],
    );
    const reapplied = await client.apply<Thing>(THING, thing("status", 2));
    assert.equal(reapplied.status?.conditions?.length, 1);
    // Another object of that name is not reached by what was found out about the first.
    assert.equal(await client.delete(THING, reapplied), true);
    await assert.rejects(client.applyStatus(THING, { ...made, status: {} }), (error) =>
      failedWith(error, "conflict", "notFound"),
    );
    await client.apply<Thing>(THING, thing("status"));
    await assert.rejects(client.applyStatus(THING, { ...made, status: {} }), (error) =>
      failedWith(error, "conflict"),
    );
  });

  async function patchStatus(status: object): Promise<{ status: number; data: string }> {
    const { Agent, request } = await import("undici");
    const { readFile } = await import("node:fs/promises");
    const dispatcher = new Agent({ connect: { ca: await readFile(cluster.caFile) } });
    const path = `/apis/${THING.apiVersion}/namespaces/${namespace}/things/status/status`;
    const answer = await request(`${cluster.url}${path}`, {
      method: "PATCH",
      dispatcher,
      headers: {
        authorization: `Bearer ${cluster.adminToken}`,
        "content-type": "application/merge-patch+json",
      },
      body: JSON.stringify({ status }),
    });
    const data = await answer.body.text();
    await dispatcher.close();
    return { status: answer.statusCode, data };
  }

  it("adds and removes finalizers beside others', and survives being outrun", async () => {
    const client = connect();
    const made = await client.apply<Thing>(THING, thing("final"));
    const theirs = await client.addFinalizer(THING, made, "their.dev/one");
    assert.deepEqual(theirs.metadata.finalizers, ["their.dev/one"]);
    // From a state that is two writes old.
    await client.apply<Thing>(THING, thing("final", 2));
    const ours = await client.addFinalizer(THING, made, "pitboss.dev/two");
    assert.deepEqual(ours.metadata.finalizers, ["their.dev/one", "pitboss.dev/two"]);
    // An apply that names no finalizers takes none away.
    const applied = await client.apply<Thing>(THING, thing("final", 3));
    assert.equal(applied.metadata.finalizers?.length, 2);
    await client.delete(THING, applied);
    const deleting = await client.get<Thing>(THING, { name: "final", namespace });
    assert.ok(deleting.metadata.deletionTimestamp);
    const left = await client.removeFinalizer(THING, ours, "pitboss.dev/two");
    assert.deepEqual(left?.metadata.finalizers, ["their.dev/one"]);
    await client.removeFinalizer(THING, left ?? made, "their.dev/one");
    assert.equal(await client.find(THING, { name: "final", namespace }), undefined);
    assert.equal(await client.removeFinalizer(THING, ours, "pitboss.dev/two"), undefined);
  });

  it("deletes only the object and the version that was looked at", async () => {
    const client = connect();
    const first = await client.apply<ConfigMap>(MAP, map("gone", { a: "1" }));
    const second = await client.apply<ConfigMap>(MAP, map("gone", { a: "2" }));
    await assert.rejects(client.delete(MAP, first), (error) => failedWith(error, "conflict"));
    assert.equal(await client.delete(MAP, second), true);
    assert.equal(await client.delete(MAP, second), false);
    await client.apply<ConfigMap>(MAP, map("gone", { a: "3" }));
    await assert.rejects(client.delete(MAP, second), (error) => failedWith(error, "conflict"));
  });

  describe("an informer", () => {
    it("follows, by label and by metadata alone, and sees its own writes at once", async () => {
      const client = connect();
      const labels = { ours: "yes" };
      await client.apply(MAP, map("before", { a: "1" }, labels));
      await client.apply(MAP, map("other", { a: "1" }));
      const whole = await follow<ConfigMap>(client, MAP, { labels });
      const bare = await follow<ConfigMap>(client, MAP, { labels, metadataOnly: true });
      assert.deepEqual(whole.list().map(keyOf), ["kube-test/before"]);
      await client.apply(MAP, map("after", { a: "1" }, labels));
      assert.equal(whole.get("kube-test/after")?.data?.["a"], "1");
      assert.deepEqual(Object.keys(bare.get("kube-test/after") ?? {}), [
        "apiVersion",
        "kind",
        "metadata",
      ]);
      const other = connect();
      await other.apply(MAP, map("after", { a: "2" }, labels));
      await eventually(
        "the change is seen",
        () => whole.get("kube-test/after")?.data?.["a"] === "2",
      );
      const live = whole.get("kube-test/after");
      await other.delete(MAP, live ?? assert.fail());
      await eventually(
        "the end is seen",
        () => !whole.get("kube-test/after") && !bare.get("kube-test/after"),
      );
      assert.equal(bare.get("kube-test/before")?.kind, "ConfigMap");
    });

    it("lists more than a page", async () => {
      const client = connect();
      const labels = { many: "yes" };
      for (let i = 0; i < 520; i += 40) {
        const names = Array.from({ length: 40 }, (_, j) => `many-${i + j}`);
        await Promise.all(names.map((name) => client.apply(MAP, map(name, {}, labels))));
      }
      const informer = await follow<ConfigMap>(client, MAP, { labels });
      assert.equal(informer.list().length, 520);
    });

    it("lives through a restart of the API server", async function () {
      this.timeout(120_000);
      const client = connect();
      const timing = { backoffMs: { first: 50, max: 500 } };
      const informer = await follow<Thing>(client, THING, { timing });
      await client.apply(THING, thing("restart", 1));
      await cluster.restartApiServer(500);
      const other = connect();
      await eventually(
        "it can be written",
        async () => {
          const written = await other
            .apply(THING, thing("restart", 7), { timeoutMs: 2000 })
            .catch(() => undefined);
          return written !== undefined;
        },
        60_000,
      );
      await eventually(
        "the change is seen",
        () => informer.get("kube-test/restart")?.spec?.size === 7,
        30_000,
      );
    });

    it("follows a kind that is installed later, and sees it go", async () => {
      const client = connect();
      const late: Kind = {
        apiVersion: "late.pitboss.test/v1",
        kind: "Late",
        plural: "lates",
        namespaced: true,
      };
      const logger = new QuietLogger();
      const discovery = new Discovery({ client, kinds: [late], logger, everyMs: 100 });
      closing.push(async () => discovery.stop());
      await discovery.start();
      const timing = { absentMs: 100 };
      const informer = await follow<KubeObject>(client, late, { optional: true, timing });
      assert.equal(informer.served, false);
      assert.equal(discovery.served(late), false);
      const spec = {
        ...(thingCrd.spec as { versions: object[] }),
        group: "late.pitboss.test",
        names: { plural: "lates", singular: "late", kind: "Late" },
      };
      const crd = await client.apply(CRD, {
        ...thingCrd,
        metadata: { name: "lates.late.pitboss.test" },
        spec,
      } as KubeObject);
      await eventually("it is served", () => informer.served && discovery.served(late), 10_000);
      await client.apply(late, {
        apiVersion: late.apiVersion,
        kind: "Late",
        metadata: { name: "one", namespace },
      });
      assert.equal(informer.list().length, 1);
      const live = await client.get(CRD, { name: crd.metadata.name });
      await client.delete(CRD, live);
      await eventually("it is gone", () => !informer.served && !discovery.served(late), 20_000);
      assert.equal(informer.list().length, 0);
    });
  });

  it("records events that the API accepts, and counts what repeats", async () => {
    const client = connect();
    const game = await client.apply<Thing>(THING, thing("eventful"));
    const logger = new QuietLogger();
    const recorder = new EventRecorder({
      client,
      controller: "pitboss.dev/operator",
      instance: "pod-0",
      logger,
    });
    const facts = {
      type: "Normal",
      reason: "Proven",
      action: "Prove",
      note: "returns 98%",
    } as const;
    for (let i = 0; i < 3; i++) recorder.record(game, facts);
    await recorder.flush();
    recorder.record(game, facts);
    await recorder.flush();
    assert.deepEqual(logger.lines, []);
    const { items } = await client.list<
      KubeObject & { reason: string; series?: { count: number } }
    >(EVENT, { namespace });
    const ours = items.filter(({ metadata }) => metadata.name.startsWith("eventful."));
    assert.deepEqual(
      ours.map(({ reason, series }) => [reason, series?.count]),
      [["Proven", 4]],
    );
  });

  describe("two candidates", () => {
    const timing = { leaseMs: 3000, deadlineMs: 2000, retryMs: 200 };
    let count = 0;

    function candidate(name: string, instance: string) {
      const lost: Error[] = [];
      const election = new LeaderElection({
        client: connect(),
        namespace,
        name,
        instance,
        onLost: (reason) => lost.push(reason),
        metrics: new Metrics(new Registry()),
        logger: new QuietLogger(),
        timing,
      });
      const stop = new AbortController();
      const acquired = election.acquire(stop.signal);
      acquired.catch(() => undefined);
      closing.push(async () => {
        stop.abort();
        await election.release();
      });
      return { election, lost, acquired };
    }

    it("never lead together, and the second takes over when the first lets go", async () => {
      const name = `lease-${count++}`;
      const a = candidate(name, "a");
      await a.acquired;
      const b = candidate(name, "b");
      await sleep(600);
      assert.deepEqual([a.election.holds, b.election.holds], [true, false]);
      await a.election.release();
      await b.acquired;
      assert.deepEqual([a.election.holds, b.election.holds], [false, true]);
      const lease = await connect().get<KubeObject & { spec: { leaseTransitions: number } }>(
        LEASE,
        { name, namespace },
      );
      assert.equal(lease.spec.leaseTransitions, 1);
    });

    it("never lead together through a pause of the API server", async function () {
      this.timeout(60_000);
      const name = `lease-${count++}`;
      const a = candidate(name, "a");
      await a.acquired;
      const b = candidate(name, "b");
      let overlap = false;
      const watch = setInterval(() => {
        overlap ||= a.election.holds && b.election.holds;
      }, 5);
      const pid = cluster.pid("kube-apiserver");
      process.kill(pid, "SIGSTOP");
      try {
        await eventually("the leader gives up", () => a.lost.length === 1, 10_000);
      } finally {
        process.kill(pid, "SIGCONT");
      }
      await b.acquired;
      clearInterval(watch);
      assert.equal(overlap, false);
      assert.equal(a.election.holds, false);
    });
  });
});
