import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { afterEach, beforeEach, describe, it } from "mocha";
import { Registry } from "prom-client";
import { ApiError, type ApiFailure, failedWith } from "./api-error.ts";
import { Client, type ClientOptions, type Write } from "./client.ts";
import { Metrics } from "./metrics.ts";
import type { Kind, KubeObject } from "./object.ts";
import { cut, FakeApiServer, hang, refuse, send } from "./testing/fake-api-server.ts";
import { FakeClock } from "./testing/fake-clock.ts";

const SERVICE: Kind = { apiVersion: "v1", kind: "Service", plural: "services", namespaced: true };
const name = { name: "dice", namespace: "casino" };
const service: KubeObject = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { ...name, uid: "u", resourceVersion: "7" },
};

describe("Client", () => {
  let server: FakeApiServer;
  let registry: Registry;
  let client: Client;

  beforeEach(async () => {
    server = new FakeApiServer();
    await server.start();
    registry = new Registry();
  });

  afterEach(async () => {
    await client.close();
    await server.stop();
  });

  function make(options: Partial<ClientOptions> = {}): Client {
    client = new Client({ config: server.config(), metrics: new Metrics(registry), ...options });
    return client;
  }

  async function failureOf(call: Promise<unknown>): Promise<ApiError> {
    const error = await call.then(
      () => undefined,
      (error: unknown) => error,
    );
    assert.ok(error instanceof ApiError, `no ApiError: ${String(error)}`);
    return error;
  }

  describe("names what failed", () => {
    const cases: [number, string, ApiFailure][] = [
      [400, "BadRequest", "invalid"],
      [403, "Forbidden", "forbidden"],
      [404, "NotFound", "notFound"],
      [409, "Conflict", "conflict"],
      [409, "AlreadyExists", "exists"],
      [410, "Expired", "gone"],
      [422, "Invalid", "invalid"],
      [418, "Teapot", "refused"],
    ];
    for (const [code, reason, failure] of cases) {
      it(`${code} ${reason} is ${failure}`, async () => {
        server.next("write", refuse(code, reason));
        const error = await failureOf(make().apply(SERVICE, service));
        assert.equal(error.failure, failure);
        assert.equal(error.code, code);
        assert.equal(error.status?.reason, reason);
        assert.match(error.message, /while trying to apply Service casino\/dice: .*scripted/);
        assert.equal(server.asked("write").length, 1);
      });
    }

    it("an absent object is not an absent kind", async () => {
      assert.equal(await make().find(SERVICE, name), undefined);
      server.next("get", (response) => response.writeHead(404).end("404 page not found\n"));
      const error = await failureOf(client.find(SERVICE, name));
      assert.equal(error.kindMissing, true);
      assert.match(error.message, /404 page not found/);
    });

    it("no answer is away, with the cause", async () => {
      await server.stop();
      const error = await failureOf(make().get(SERVICE, name));
      assert.equal(error.failure, "away");
      assert.match(String((error.cause as Error & { code?: string }).code), /ECONNREFUSED/);
    });

    it("an answer that is no JSON is away", async () => {
      server.next("write", (response) => response.end("<html>"));
      server.next("write", (response) => response.end("<html>"));
      const error = await failureOf(make().replace(SERVICE, service));
      assert.equal(error.failure, "away");
    });

    it("a TLS handshake that takes too long is away by the deadline", async () => {
      const silent = createServer(() => {});
      await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
      const { port } = silent.address() as AddressInfo;
      const config = new KubeConfig();
      config.loadFromClusterAndUser(
        { name: "x", server: `https://127.0.0.1:${port}`, skipTLSVerify: true },
        { name: "x" },
      );
      const started = performance.now();
      const error = await failureOf(make({ config }).replace(SERVICE, service, { timeoutMs: 100 }));
      assert.equal(error.failure, "away");
      assert.ok(performance.now() - started < 3000);
      await client.close();
      silent.close();
    });

    it("an answer that takes too long is away, and so is one that the caller gives up", async () => {
      server.next("write", hang, hang);
      make();
      const slow = await failureOf(client.replace(SERVICE, service, { timeoutMs: 50 }));
      assert.equal(slow.failure, "away");
      const aborted = await failureOf(
        client.replace(SERVICE, service, { signal: AbortSignal.timeout(20) }),
      );
      assert.equal(aborted.failure, "away");
    });
  });

  describe("repeats", () => {
    it("reads and applies after 5xx and cut connections, at most 5 times", async () => {
      server.put(SERVICE, service);
      server.next("get", refuse(500), cut, refuse(503));
      assert.equal((await make().get(SERVICE, name)).metadata.name, "dice");
      assert.equal(server.asked("get").length, 4);
      server.next("write", refuse(500), refuse(503), refuse(504), cut, refuse(500), refuse(500));
      assert.ok(failedWith(await failureOf(client.apply(SERVICE, service)), "away"));
      assert.equal(server.asked("write").length, 5);
    });

    it("what must not happen twice only when it surely did not happen", async () => {
      server.next("write", refuse(500));
      await failureOf(make().replace(SERVICE, service));
      assert.equal(server.asked("write").length, 1);
      server.next("write", refuse(429));
      await client.replace(SERVICE, service);
      assert.equal(server.asked("write").length, 3);
    });

    it("after the time that a 429 or a 503 asks for", async () => {
      make();
      for (const code of [429, 503]) {
        server.next("write", refuse(code, "Busy", { "retry-after": "1" }));
        await client.apply(SERVICE, service);
        const [first, second] = server.asked("write").slice(-2);
        const waited = (second?.at ?? 0) - (first?.at ?? 0);
        assert.ok(waited >= 990 && waited < 2000, `${waited}`);
      }
    });

    it("not if it had to wait longer than a reconcile may take", async () => {
      server.next("get", refuse(429, "TooManyRequests", { "retry-after": "3600" }));
      const error = await failureOf(make().get(SERVICE, name));
      assert.equal(error.failure, "busy");
      assert.equal(error.retryAfterMs, 3_600_000);
      assert.equal(server.asked("get").length, 1);
    });

    it("not after the caller gave up", async () => {
      server.next("get", refuse(429, "TooManyRequests", { "retry-after": "20" }));
      const started = performance.now();
      const error = await failureOf(make().get(SERVICE, name, { signal: AbortSignal.timeout(50) }));
      assert.equal(error.failure, "away");
      assert.ok(performance.now() - started < 2000);
    });
  });

  describe("writes", () => {
    it("by server-side apply as pitboss, forced", async () => {
      await make().apply(SERVICE, service);
      const [seen] = server.asked("write");
      assert.equal(seen?.method, "PATCH");
      assert.equal(seen?.path, "/api/v1/namespaces/casino/services/dice");
      assert.equal(String(seen?.query), "fieldManager=pitboss&force=true");
      assert.equal(seen?.headers["content-type"], "application/apply-patch+yaml");
    });

    it("a status under another manager, with the UID and nothing else", async () => {
      const labels = { a: "b" };
      const object = {
        ...service,
        metadata: { ...service.metadata, labels },
        spec: {},
        status: { ready: 1 },
      };
      await make().applyStatus(SERVICE, object);
      const [seen] = server.asked("write");
      assert.equal(seen?.path, "/api/v1/namespaces/casino/services/dice/status");
      assert.equal(seen?.query.get("fieldManager"), "pitboss-status");
      assert.deepEqual(JSON.parse(seen?.body ?? ""), {
        apiVersion: "v1",
        kind: "Service",
        metadata: { ...name, uid: "u", resourceVersion: "7" },
        status: { ready: 1 },
      });
      await assert.rejects(
        client.applyStatus(SERVICE, { ...service, metadata: name, status: {} }),
        /needs its UID and version/,
      );
    });

    it("a status again when the object moved on, but not to another object", async () => {
      server.put(SERVICE, service);
      server.next("write", refuse(409, "Conflict"));
      await make().applyStatus(SERVICE, { ...service, status: {} });
      const versions = server
        .asked("write")
        .map(({ body }) => JSON.parse(body).metadata.resourceVersion);
      assert.deepEqual(versions, ["7", "101"]);
      server.put(SERVICE, { ...service, metadata: { ...name, uid: "another" } });
      server.next("write", refuse(409, "Conflict"));
      const error = await failureOf(client.applyStatus(SERVICE, { ...service, status: {} }));
      assert.equal(error.failure, "conflict");
      assert.equal(server.asked("write").length, 3);
    });

    it("deletes only this object in this state", async () => {
      assert.equal(await make().delete(SERVICE, service), true);
      const [seen] = server.asked("write");
      assert.equal(seen?.method, "DELETE");
      assert.deepEqual(JSON.parse(seen?.body ?? "").preconditions, {
        uid: "u",
        resourceVersion: "7",
      });
      await assert.rejects(
        client.delete(SERVICE, { ...service, metadata: name }),
        /UID and version are needed/,
      );
      server.next("write", refuse(404, "NotFound"));
      assert.equal(await client.delete(SERVICE, service), false);
    });

    it("keeps finalizers that others add at the same moment", async () => {
      server.put(SERVICE, {
        ...service,
        metadata: { ...service.metadata, finalizers: ["theirs", "ours"] },
      });
      server.next("write", refuse(409, "Conflict"));
      await make().addFinalizer(SERVICE, service, "new");
      const [first, second] = server.asked("write").map(({ body }) => JSON.parse(body).metadata);
      assert.deepEqual(first, { uid: "u", resourceVersion: "7", finalizers: ["new"] });
      assert.deepEqual(second, {
        uid: "u",
        resourceVersion: "101",
        finalizers: ["theirs", "ours", "new"],
      });
    });

    it("touches no finalizers when there is nothing to do", async () => {
      const held = { ...service, metadata: { ...service.metadata, finalizers: ["ours"] } };
      assert.equal(await make().addFinalizer(SERVICE, held, "ours"), held);
      assert.equal(await client.removeFinalizer(SERVICE, service, "ours"), service);
      assert.equal(server.seen.length, 0);
    });

    it("leaves the finalizers of a new object of that name alone", async () => {
      server.put(SERVICE, {
        ...service,
        metadata: { ...name, uid: "another", finalizers: ["ours"] },
      });
      server.next("write", refuse(409, "Conflict"));
      const held = { ...service, metadata: { ...service.metadata, finalizers: ["ours"] } };
      assert.equal(await make().removeFinalizer(SERVICE, held, "ours"), undefined);
      assert.equal(server.asked("write").length, 1);
      server.next("write", refuse(409, "Conflict"));
      const error = await failureOf(client.addFinalizer(SERVICE, service, "ours"));
      assert.equal(error.failure, "notFound");
    });

    it("refuses a namespaced object without a namespace before it is sent", async () => {
      await assert.rejects(
        make().apply(SERVICE, { ...service, metadata: { name: "x" } }),
        TypeError,
      );
      assert.equal(server.seen.length, 0);
    });
  });

  describe("lets a test see and stop every write", () => {
    it("in all its ways, and no read", async () => {
      const writes: Write[] = [];
      make({
        interceptWrite: (write, send) => {
          writes.push(write);
          return send();
        },
      });
      await client.apply(SERVICE, service);
      await client.applyStatus(SERVICE, { ...service, status: {} });
      await client.replace(SERVICE, service);
      await client.delete(SERVICE, service);
      await client.addFinalizer(SERVICE, service, "ours");
      await client.find(SERVICE, name);
      await client.list(SERVICE);
      assert.deepEqual(
        writes.map(({ verb }) => verb),
        ["apply", "applyStatus", "replace", "delete", "finalizers"],
      );
      assert.ok(writes.every((write) => write.kind === SERVICE && write.name === "dice"));
      assert.equal(server.seen.filter(({ method }) => method !== "GET").length, writes.length);
    });

    it("crashes after the second write", async () => {
      let count = 0;
      make({
        interceptWrite: async (_write, send) => {
          const answer = await send();
          if (++count === 2) throw new Error("crash");
          return answer;
        },
      });
      await client.apply(SERVICE, service);
      await assert.rejects(client.apply(SERVICE, service), /crash/);
      assert.equal(server.asked("write").length, 2);
    });

    it("writes nothing that it may not", async () => {
      make({ mayWrite: () => false });
      assert.equal((await failureOf(client.apply(SERVICE, service))).failure, "fenced");
      assert.equal(server.seen.length, 0);
    });

    it("tells of what was written, not of what is gone", async () => {
      const told: string[] = [];
      make();
      const stop = client.onWritten((kind, object) =>
        told.push(`${kind.kind} ${object.metadata.resourceVersion}`),
      );
      await client.apply(SERVICE, service);
      server.next("write", (response) =>
        send(response, 200, { kind: "Status", status: "Success" }),
      );
      await client.delete(SERVICE, service);
      stop();
      await client.apply(SERVICE, service);
      assert.deepEqual(told, ["Service 101"]);
    });
  });

  describe("lists", () => {
    it("in pages, saying what each object is", async () => {
      server.pageSize = 2;
      for (const one of ["a", "b", "c"]) {
        const { metadata } = server.put(SERVICE, {
          ...service,
          metadata: { name: one, namespace: "casino" },
        });
        assert.ok(metadata.uid);
      }
      const { items, resourceVersion } = await make().list(SERVICE, { namespace: "casino" });
      assert.deepEqual(
        items.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
        ["Service a", "Service b", "Service c"],
      );
      assert.equal(resourceVersion, "103");
    });

    it("again when it expires on the way, but not for ever", async () => {
      server.pageSize = 1;
      server.put(SERVICE, { ...service, metadata: { name: "a", namespace: "casino" } });
      server.next("list", refuse(410, "Expired"));
      assert.equal((await make().list(SERVICE)).items.length, 1);
      server.next("list", refuse(410, "Expired"), refuse(410, "Expired"), refuse(410, "Expired"));
      assert.equal((await failureOf(client.list(SERVICE))).failure, "gone");
    });
  });

  describe("signs in", () => {
    let folder: string;
    let tokenFile: string;

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), "pitboss-client-"));
      tokenFile = join(folder, "token");
      await writeFile(tokenFile, "first\n");
    });

    afterEach(() => rm(folder, { recursive: true }));

    function withTokenFile(clock: FakeClock): Client {
      const config = new KubeConfig();
      config.loadFromClusterAndUser(
        { name: "fake", server: server.url, skipTLSVerify: true },
        { name: "fake", authProvider: { name: "tokenFile", config: { tokenFile } } },
      );
      return make({ config, clock });
    }

    const tokens = () => server.seen.map(({ headers }) => headers.authorization);

    it("with a token that is read again within a minute, on the same connection", async () => {
      const clock = new FakeClock();
      withTokenFile(clock);
      await client.find(SERVICE, name);
      await writeFile(tokenFile, "second");
      await client.find(SERVICE, name);
      await clock.advance(60_000);
      await client.find(SERVICE, name);
      assert.deepEqual(tokens(), ["Bearer first", "Bearer first", "Bearer second"]);
      assert.equal(server.connections, 1);
    });

    it("with the new token at once when the old one is refused", async () => {
      withTokenFile(new FakeClock());
      await client.find(SERVICE, name);
      await writeFile(tokenFile, "second");
      server.next("write", refuse(401, "Unauthorized"));
      await client.replace(SERVICE, service);
      assert.deepEqual(tokens(), ["Bearer first", "Bearer first", "Bearer second"]);
      server.next("write", refuse(401, "Unauthorized"), refuse(401, "Unauthorized"));
      assert.equal((await failureOf(client.replace(SERVICE, service))).failure, "unauthorized");
    });

    it("with a new CA, over new connections, while calls on the old ones end well", async () => {
      const clock = new FakeClock();
      const caFile = join(folder, "ca.crt");
      await writeFile(caFile, "first");
      const config = new KubeConfig();
      config.loadFromClusterAndUser(
        { name: "fake", server: server.url, skipTLSVerify: true, caFile },
        { name: "fake", token: "token" },
      );
      server.next("get", (response, seen) => setTimeout(() => server.get(response, seen), 100));
      const slow = make({ config, clock }).find(SERVICE, name);
      await writeFile(caFile, "second");
      await clock.advance(60_000);
      await client.find(SERVICE, name);
      await client.find(SERVICE, name);
      assert.equal(await slow, undefined);
      assert.ok(server.connections === 2 || server.connections === 3, `${server.connections}`);
    });

    it("again when the token file is back after it was missing", async () => {
      withTokenFile(new FakeClock());
      await rm(tokenFile);
      await failureOf(client.replace(SERVICE, service));
      await writeFile(tokenFile, "back");
      await client.replace(SERVICE, service);
      assert.deepEqual(tokens(), ["Bearer back"]);
    });
  });

  it("makes 200 calls on a connection or two, and counts them", async () => {
    make();
    for (let i = 0; i < 200; i++) await client.find(SERVICE, name);
    assert.ok(server.connections <= 2, `${server.connections}`);
    const host = new URL(server.url).host;
    const text = await registry.metrics();
    assert.ok(
      text.includes(`rest_client_requests_total{code="404",method="GET",host="${host}"} 200\n`),
      text,
    );
    assert.ok(
      text.includes(`rest_client_request_duration_seconds_count{verb="get",host="${host}"} 200\n`),
    );
  });

  it("reuses a connection after an error", async () => {
    make();
    server.next("get", refuse(500), refuse(404, "NotFound"));
    await client.find(SERVICE, name);
    assert.ok(server.connections <= 2, `${server.connections}`);
  });
});
