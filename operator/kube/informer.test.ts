import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, it } from "mocha";
import { Registry } from "prom-client";
import type { Change } from "./cache.ts";
import { Client } from "./client.ts";
import { Informer, type InformerOptions } from "./informer.ts";
import { Metrics } from "./metrics.ts";
import type { Kind, KubeObject } from "./object.ts";
import { eventually } from "./testing/eventually.ts";
import {
  cut,
  FakeApiServer,
  failureStatus,
  hang,
  refuse,
  stream,
} from "./testing/fake-api-server.ts";
import { QuietLogger } from "./testing/quiet-logger.ts";
import type { Timing } from "./timing.ts";

const GAME: Kind = {
  apiVersion: "pitboss.dev/v1alpha1",
  kind: "Game",
  plural: "games",
  namespaced: true,
};

const TIMING: Partial<Timing> = {
  idleMs: 60_000,
  backoffMs: { first: 20, max: 60 },
  shortMs: 1,
  settleMs: 30,
  absentMs: 30,
};

interface Game extends KubeObject {
  spec: { n: number };
}

function game(name: string, n = 1, more: Partial<KubeObject["metadata"]> = {}): Game {
  return {
    apiVersion: GAME.apiVersion,
    kind: "Game",
    metadata: { name, namespace: "casino", ...more },
    spec: { n },
  };
}

describe("Informer", () => {
  let server: FakeApiServer;
  let client: Client;
  let metrics: Metrics;
  let logger: QuietLogger;
  let informer: Informer<Game>;
  let changes: Change<Game>[];

  beforeEach(async () => {
    server = new FakeApiServer();
    await server.start();
    metrics = new Metrics(new Registry());
    logger = new QuietLogger();
    changes = [];
  });

  afterEach(async () => {
    await informer.stop();
    await client.close();
    await server.stop();
  });

  function begin(options: Partial<InformerOptions<Game>> = {}): void {
    client = new Client({ config: server.config(), metrics });
    const timing = { ...TIMING, ...options.timing };
    informer = new Informer<Game>({
      client,
      kind: GAME,
      namespaces: [],
      metrics,
      logger,
      ...options,
      timing,
    });
    informer.onChange((change) => changes.push(change));
    informer.start();
  }

  async function follow(options: Partial<InformerOptions<Game>> = {}): Promise<void> {
    begin(options);
    await informer.whenSynced(AbortSignal.timeout(5000));
    await eventually("the watch is open", () => server.watching > 0);
  }

  const has = (name: string, n: number) => () => informer.get(`casino/${name}`)?.spec.n === n;
  const told = () =>
    changes.map(
      ({ key, before, after }) => `${key} ${before?.spec.n ?? "-"}→${after?.spec.n ?? "-"}`,
    );
  const value = async (name: string) => {
    const metric = await metrics.registry.getSingleMetric(name)?.get();
    return metric?.values.reduce((sum, one) => sum + one.value, 0) ?? 0;
  };

  it("lists in pages of 500 and hands every object on with low priority", async () => {
    server.pageSize = 3;
    for (let i = 0; i < 10; i++) server.put(GAME, game(`g${i}`));
    await follow();
    assert.equal(informer.list().length, 10);
    assert.equal(changes.length, 10);
    assert.ok(changes.every(({ low, before }) => low && before === undefined));
    const [first, second] = server.asked("list");
    assert.equal(first?.query.get("limit"), "500");
    assert.equal(second?.query.get("continue"), "3@110");
  });

  it("asks for bookmarks, a bounded time and the version of the list", async () => {
    server.put(GAME, game("dice"));
    await follow({ labels: { "app.kubernetes.io/managed-by": "pitboss" } });
    const query = server.asked("watch")[0]?.query;
    assert.equal(query?.get("allowWatchBookmarks"), "true");
    assert.equal(query?.get("resourceVersion"), "101");
    assert.equal(query?.get("labelSelector"), "app.kubernetes.io/managed-by=pitboss");
    const seconds = Number(query?.get("timeoutSeconds"));
    assert.ok(seconds >= 290 && seconds <= 600, `${seconds}`);
  });

  it("tells of what comes, changes and goes", async () => {
    await follow();
    const dice = server.put(GAME, game("dice"));
    server.put(GAME, game("dice", 2));
    server.remove(GAME, dice);
    await eventually("all is told", () => changes.length === 3);
    assert.deepEqual(told(), ["casino/dice -→1", "casino/dice 1→2", "casino/dice 2→-"]);
    assert.ok(changes.every(({ low }) => !low));
  });

  it("hands a key on before it stores the object", async () => {
    let stored: unknown = "never called";
    begin();
    informer.onChange(({ key }) => {
      stored = informer.get(key);
    });
    await informer.whenSynced();
    server.put(GAME, game("dice"));
    await eventually("it is stored", has("dice", 1));
    assert.equal(stored, undefined);
  });

  it("keeps neither managedFields nor last-applied", async () => {
    const annotations = { "kubectl.kubernetes.io/last-applied-configuration": "{}", mine: "yes" };
    server.put(GAME, game("dice", 1, { managedFields: [{ manager: "kubectl" }], annotations }));
    await follow();
    const { metadata } = informer.get("casino/dice") ?? game("none");
    assert.deepEqual(metadata.annotations, { mine: "yes" });
    assert.equal(metadata.managedFields, undefined);
  });

  it("follows several namespaces and no other", async () => {
    for (const namespace of ["a", "b", "c"]) server.put(GAME, game("dice", 1, { namespace }));
    await follow({ namespaces: ["a", "b"] });
    assert.deepEqual(
      informer
        .list()
        .map(({ metadata }) => metadata.namespace)
        .sort(),
      ["a", "b"],
    );
    assert.ok(server.asked("list").every(({ path }) => /namespaces\/[ab]\/games$/.test(path)));
  });

  it("caches only metadata when that is enough", async () => {
    server.put(GAME, game("dice"));
    await follow({ metadataOnly: true });
    assert.deepEqual(Object.keys(informer.get("casino/dice") ?? {}), [
      "apiVersion",
      "kind",
      "metadata",
    ]);
    assert.match(
      server.asked("list")[0]?.headers.accept ?? "",
      /as=PartialObjectMetadataList;g=meta.k8s.io;v=v1/,
    );
    assert.match(server.asked("watch")[0]?.headers.accept ?? "", /as=PartialObjectMetadata;/);
  });

  it("finds objects by an index, also after they changed and went", async () => {
    await follow({ indexes: { n: ({ spec }) => [`${spec.n}`] } });
    const dice = server.put(GAME, game("dice", 1));
    server.put(GAME, game("mines", 1));
    await eventually("both are there", () => informer.byIndex("n", "1").length === 2);
    server.put(GAME, game("dice", 2));
    await eventually("one moved", () => informer.byIndex("n", "2").length === 1);
    assert.equal(informer.byIndex("n", "1").length, 1);
    server.remove(GAME, dice);
    await eventually("it went", () => informer.byIndex("n", "2").length === 0);
  });

  describe("when a watch fails", () => {
    const resumedAt = (version: number) => () =>
      server.asked("watch").some(({ query }) => query.get("resourceVersion") === String(version));

    it("resumes at the last version after a clean close, without a list", async () => {
      await follow();
      server.put(GAME, game("dice"));
      await eventually("it is seen", has("dice", 1));
      server.endWatches();
      await eventually("it resumed", resumedAt(101));
      server.put(GAME, game("dice", 2));
      await eventually("it goes on", has("dice", 2));
      assert.equal(server.asked("list").length, 1);
    });

    it("resumes at a bookmark", async () => {
      await follow();
      server.version = 500;
      server.bookmark();
      await sleep(30);
      server.endWatches();
      await eventually("it resumed", resumedAt(500));
    });

    it("notices a connection on which nothing comes any more", async () => {
      await follow({ timing: { idleMs: 150 } });
      server.mute = true;
      server.put(GAME, game("lost"));
      server.mute = false;
      const before = server.connections;
      await eventually("it tries again", () => server.asked("watch").length > 1);
      await eventually("on a new connection", () => server.connections > before);
      server.put(GAME, game("dice"));
      await eventually("it goes on", has("dice", 1));
    });

    it("notices when the headers never come", async () => {
      server.next("watch", hang);
      begin({ timing: { idleMs: 100 } });
      await eventually("it tries again", () => server.watching > 0);
    });

    it("drops a cut line and asks for it again", async () => {
      const line = JSON.stringify({
        type: "ADDED",
        object: game("dice", 1, { resourceVersion: "101" }),
      });
      server.next("watch", stream(line.slice(0, 60), "end"), stream(`${line.slice(0, 30)}`, "cut"));
      begin();
      await eventually("it is followed", () => server.watching > 0);
      server.put(GAME, game("dice"));
      await eventually("it is seen", has("dice", 1));
      assert.equal(server.asked("list").length, 1);
    });

    it("survives garbage on the stream", async () => {
      server.next(
        "watch",
        stream("not json\n", "open"),
        stream('{"type":"???"}\n', "open"),
        stream("null\n", "open"),
      );
      begin();
      await eventually("it is followed", () => server.asked("watch").length > 3);
    });

    it("puts lines together that come in pieces, even of one letter", async () => {
      await follow();
      const object = game("dice", 7, { resourceVersion: "109", annotations: { title: "Würfel" } });
      for (const byte of Buffer.from(`${JSON.stringify({ type: "ADDED", object })}\n`)) {
        server.say(Buffer.of(byte));
      }
      await eventually("it is there", has("dice", 7));
      assert.equal(informer.get("casino/dice")?.metadata.annotations?.["title"], "Würfel");
    });

    it("lists again at once when the version expired: in the stream", async () => {
      await follow();
      server.mute = true;
      server.put(GAME, game("dice"));
      server.mute = false;
      server.say(`${JSON.stringify({ type: "ERROR", object: failureStatus(410, "Expired") })}\n`);
      await eventually("it is found", has("dice", 1));
      assert.equal(server.asked("list").length, 2);
      assert.equal(await value("pitboss_cache_miss_total"), 0);
    });

    it("lists again when the version expired: as an answer", async () => {
      server.next("watch", refuse(410, "Expired"));
      await follow();
      assert.equal(server.asked("list").length, 2);
    });

    it("waits as long as a 429 says", async () => {
      server.next("watch", refuse(429, "TooManyRequests", { "retry-after": "1" }));
      begin();
      await eventually("it is open", () => server.watching > 0);
      const [first, second] = server.asked("watch");
      assert.ok((second?.at ?? 0) - (first?.at ?? 0) >= 990);
      assert.equal(server.asked("list").length, 1);
    });

    for (const code of [500, 503, 504, 401, 403]) {
      it(`tries again after ${code}, with no new list`, async () => {
        server.next("watch", refuse(code), refuse(code), refuse(code));
        await follow();
        assert.equal(server.asked("watch").length, 4);
        assert.equal(server.asked("list").length, 1);
      });
    }

    it("opens no storm of watches when each ends at once", async () => {
      server.next("watch", ...Array.from({ length: 50 }, () => stream("", "end")));
      begin({ timing: { shortMs: 1000, backoffMs: { first: 100, max: 1000 } } });
      await sleep(500);
      assert.ok(server.asked("watch").length <= 6, `${server.asked("watch").length}`);
    });

    it("survives a restart of the server and sees what happened meanwhile", async () => {
      const dice = server.put(GAME, game("dice"));
      await follow();
      await server.stop();
      server.remove(GAME, dice);
      server.put(GAME, game("mines"));
      await sleep(100);
      await server.start();
      await eventually(
        "it caught up",
        () => has("mines", 1)() && informer.get("casino/dice") === undefined,
      );
    });
  });

  describe("when a list fails", () => {
    it("waits for a server that is not there yet", async () => {
      await server.stop();
      begin();
      await sleep(150);
      assert.equal(informer.synced, false);
      await server.start();
      await informer.whenSynced(AbortSignal.timeout(5000));
    });

    it("tries again after a cut connection and a 503", async () => {
      server.put(GAME, game("dice"));
      server.next("list", cut, refuse(503));
      await follow();
      assert.equal(informer.list().length, 1);
    });

    it("tries page 2 again after a 500", async () => {
      server.pageSize = 2;
      for (let i = 0; i < 5; i++) server.put(GAME, game(`g${i}`));
      server.next("list", (...args) => server.list(...args), refuse(500));
      await follow();
      assert.equal(informer.list().length, 5);
    });

    it("begins again when the list expires between two pages", async () => {
      server.pageSize = 2;
      for (let i = 0; i < 5; i++) server.put(GAME, game(`g${i}`));
      server.next("list", (...args) => server.list(...args), refuse(410, "Expired"));
      await follow();
      assert.equal(informer.list().length, 5);
      assert.equal(server.asked("list").filter(({ query }) => !query.has("continue")).length, 2);
    });

    it("stores nothing of a list that did not come to its end", async () => {
      server.pageSize = 2;
      for (let i = 0; i < 4; i++) server.put(GAME, game(`g${i}`));
      server.next("list", (...args) => server.list(...args), hang);
      begin();
      await sleep(100);
      assert.equal(informer.list().length, 0);
      assert.equal(changes.length, 0);
    });
  });

  describe("when events are not what they should be", () => {
    const event = (type: string, object: Game) =>
      server.say(`${JSON.stringify({ type, object })}\n`);
    const versioned = (n: number, resourceVersion: number, uid = "u") =>
      game("dice", n, { uid, resourceVersion: String(resourceVersion) });

    it("hands on what is repeated only once", async () => {
      await follow();
      for (let i = 0; i < 5; i++) event("ADDED", versioned(1, 200));
      event("MODIFIED", versioned(2, 201));
      await eventually("it is followed", has("dice", 2));
      assert.deepEqual(told(), ["casino/dice -→1", "casino/dice 1→2"]);
    });

    it("never goes back to an older state", async () => {
      await follow();
      event("ADDED", versioned(3, 203));
      event("MODIFIED", versioned(2, 202));
      event("DELETED", versioned(1, 201));
      event("MODIFIED", versioned(4, 204));
      await eventually("it is followed", has("dice", 4));
      assert.deepEqual(told(), ["casino/dice -→3", "casino/dice 3→4"]);
    });

    it("does not raise what is deleted when an older state comes late", async () => {
      await follow();
      event("ADDED", versioned(1, 201));
      event("DELETED", versioned(1, 205));
      event("MODIFIED", versioned(2, 204));
      event("ADDED", {
        ...versioned(9, 206),
        metadata: { ...versioned(9, 206).metadata, name: "last" },
      });
      await eventually("it is followed", has("last", 9));
      assert.equal(informer.get("casino/dice"), undefined);
    });

    it("tells a deletion and a new beginning apart from a change", async () => {
      await follow();
      event("ADDED", versioned(1, 201, "first"));
      event("MODIFIED", versioned(2, 209, "second"));
      await eventually("it is followed", has("dice", 2));
      assert.deepEqual(told(), ["casino/dice -→1", "casino/dice 1→-", "casino/dice -→2"]);
    });

    it("sees a deletion and a new beginning that fell into a gap", async () => {
      const dice = server.put(GAME, game("dice", 1));
      await follow();
      server.mute = true;
      server.remove(GAME, dice);
      server.put(GAME, game("dice", 2));
      server.mute = false;
      server.say(`${JSON.stringify({ type: "ERROR", object: failureStatus(410, "Expired") })}\n`);
      await eventually("it is seen", has("dice", 2));
      assert.deepEqual(told(), ["casino/dice -→1", "casino/dice 1→-", "casino/dice -→2"]);
    });

    it("finds what the watch never told by its periodic list, and counts it", async () => {
      const gone = server.put(GAME, game("gone"));
      server.put(GAME, game("same"));
      await follow({ timing: { relistMs: 150 } });
      server.mute = true;
      server.put(GAME, game("dice"));
      server.remove(GAME, gone);
      server.mute = false;
      const before = server.connections;
      await eventually("all is found", () => has("dice", 1)() && !informer.get("casino/gone"));
      assert.equal(await value("pitboss_cache_miss_total"), 2);
      assert.ok(changes.slice(2).every(({ low }) => !low));
      await eventually("the socket is a new one", () => server.connections > before);
    });

    it("counts no miss, and hands nothing on twice, while the watch is well", async () => {
      await follow({ timing: { relistMs: 60, settleMs: 20 } });
      for (let n = 1; n <= 60; n++) {
        server.put(GAME, game("dice", n));
        if (n % 7 === 0) server.remove(GAME, server.put(GAME, game("other", n)));
        await sleep(5);
      }
      await eventually("it is followed", has("dice", 60));
      assert.ok(server.asked("list").length > 2);
      assert.equal(await value("pitboss_cache_miss_total"), 0);
      const dice = changes.filter(({ key }) => key === "casino/dice");
      assert.deepEqual(
        dice.map(({ after }) => after?.spec.n),
        Array.from({ length: 60 }, (_, i) => i + 1),
      );
    });

    it("hands everything on again with low priority, if asked to", async () => {
      server.put(GAME, game("dice"));
      await follow({ resync: true, timing: { relistMs: 80 } });
      await eventually("it came again", () => changes.length >= 2);
      assert.deepEqual(told().slice(0, 2), ["casino/dice -→1", "casino/dice 1→1"]);
      assert.ok(changes.every(({ low }) => low));
    });

    it("refuses a list that is older than what it saw", async () => {
      await follow();
      server.put(GAME, game("dice", 1));
      await eventually("it is seen", has("dice", 1));
      const stale = (seen: number) => (response: import("node:http").ServerResponse) => {
        response.end(JSON.stringify({ metadata: { resourceVersion: String(seen) }, items: [] }));
      };
      server.next("list", stale(100), stale(100));
      server.say(`${JSON.stringify({ type: "ERROR", object: failureStatus(410, "Expired") })}\n`);
      await eventually("it asked until it was new enough", () => server.asked("list").length === 4);
      await sleep(30);
      assert.deepEqual(told(), ["casino/dice -→1"]);
    });

    it("believes in the end that the history was set back, as by a restored etcd", async () => {
      server.version = 5000;
      server.put(GAME, game("dice", 2));
      await follow({ timing: { staleLists: 2 } });
      server.rewind(10);
      server.put(GAME, game("dice", 1));
      server.say(`${JSON.stringify({ type: "ERROR", object: failureStatus(410, "Expired") })}\n`);
      await eventually("it is believed", has("dice", 1));
      server.put(GAME, game("dice", 7));
      await eventually("it goes on from there", has("dice", 7));
    });
  });

  describe("when a handler throws", () => {
    it("does not take the change as told, and tells it again", async () => {
      let failures = 3;
      begin();
      informer.onChange(() => {
        if (failures-- > 0) throw new Error("scripted");
      });
      server.put(GAME, game("dice"));
      await eventually("it is stored", has("dice", 1));
      assert.ok(changes.filter(({ after }) => after?.spec.n === 1).length >= 2);
    });
  });

  describe("when we write", () => {
    it("reads its own write at once", async () => {
      await follow();
      server.mute = true;
      const answer = await client.apply<Game>(GAME, game("dice", 5));
      assert.equal(informer.get("casino/dice")?.spec.n, 5);
      assert.equal(
        informer.get("casino/dice")?.metadata.resourceVersion,
        answer.metadata.resourceVersion,
      );
      assert.deepEqual(told(), ["casino/dice -→5"]);
    });

    it("does not take an older event for news after its own write", async () => {
      await follow();
      await client.apply<Game>(GAME, game("dice", 5, { uid: "u" }));
      const late = game("dice", 1, { uid: "u", resourceVersion: "100" });
      server.say(`${JSON.stringify({ type: "MODIFIED", object: late })}\n`);
      server.put(GAME, game("last", 1));
      await eventually("it is followed", has("last", 1));
      assert.equal(informer.get("casino/dice")?.spec.n, 5);
    });

    it("does not raise what was deleted right after its own write", async () => {
      await follow();
      const deleted = game("dice", 5, { uid: "uid-written", resourceVersion: "300" });
      server.next("write", (response) => {
        server.say(`${JSON.stringify({ type: "DELETED", object: deleted })}\n`);
        const answer = game("dice", 5, { uid: "uid-written", resourceVersion: "299" });
        setTimeout(() => response.end(JSON.stringify(answer)), 50);
      });
      await client.apply<Game>(GAME, game("dice", 5));
      assert.equal(informer.get("casino/dice"), undefined);
    });

    it("does not keep what its selector does not select", async () => {
      await follow({ labels: { ours: "yes" } });
      await client.apply<Game>(GAME, game("theirs", 1));
      await client.apply<Game>(GAME, game("dice", 1, { labels: { ours: "yes" } }));
      assert.deepEqual(
        informer.list().map(({ metadata }) => metadata.name),
        ["dice"],
      );
    });
  });

  describe("of a kind that may not be installed", () => {
    const missing = refuse(404, "NotFound");
    const notServed: typeof missing = (response) => {
      response.writeHead(404).end("404 page not found");
    };

    it("is synced and empty without it, and follows it once it appears", async () => {
      server.put(GAME, game("dice"));
      server.next("list", notServed, notServed);
      begin({ optional: true });
      await informer.whenSynced(AbortSignal.timeout(5000));
      assert.equal(informer.served, false);
      assert.equal(informer.list().length, 0);
      await eventually("it appeared", () => informer.served);
      assert.equal(informer.list().length, 1);
    });

    it("looks at once when nudged", async () => {
      server.next("list", notServed);
      begin({ optional: true, timing: { absentMs: 60_000 } });
      await informer.whenSynced(AbortSignal.timeout(5000));
      informer.nudge();
      await eventually("it appeared", () => informer.served);
    });

    it("tells that everything went when the kind does", async () => {
      server.put(GAME, game("dice"));
      await follow({ optional: true });
      server.next("list", notServed);
      server.next("watch", notServed);
      server.endWatches();
      await eventually("it went", () => informer.list().length === 0);
      await eventually("it came back", () => informer.list().length === 1);
    });

    it("is not synced while a kind that must be there is not, and says why", async () => {
      server.next("list", notServed, notServed);
      begin({ timing: { backoffMs: { first: 100, max: 100 } } });
      await sleep(60);
      assert.equal(informer.synced, false);
      assert.match(
        JSON.stringify(logger.lines.map(({ message }) => message)),
        /is its CRD installed/,
      );
    });
  });

  it("stops while it waits, watches or lists", async () => {
    server.next("list", hang);
    begin();
    await sleep(30);
    await informer.stop();
    assert.equal(informer.synced, false);
  });

  it("keeps to few connections and tells when it last heard anything", async () => {
    await follow();
    for (let i = 0; i < 50; i++)
      await client.get(GAME, { name: "none", namespace: "x" }).catch(() => {});
    assert.ok(server.connections <= 3, `${server.connections}`);
    server.bookmark();
    await eventually(
      "it is measured",
      async () => (await value("pitboss_cache_last_event_timestamp_seconds")) > 0,
    );
    assert.ok((await value("pitboss_cache_last_sync_timestamp_seconds")) > 0);
    assert.ok(informer.idleMs < 5000);
  });
});
