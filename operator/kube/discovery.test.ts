import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { ApiError } from "./api-error.ts";
import type { Client } from "./client.ts";
import { Discovery } from "./discovery.ts";
import type { Kind } from "./object.ts";
import { FakeClock } from "./testing/fake-clock.ts";
import { QuietLogger } from "./testing/quiet-logger.ts";

const ROUTE: Kind = {
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  plural: "httproutes",
  namespaced: true,
};
const MONITOR: Kind = {
  apiVersion: "monitoring.coreos.com/v1",
  kind: "ServiceMonitor",
  plural: "servicemonitors",
  namespaced: true,
};
const RULE: Kind = { ...MONITOR, kind: "PrometheusRule", plural: "prometheusrules" };

describe("Discovery", () => {
  let served: Map<string, { name: string; kind: string; namespaced: boolean }[]>;
  let away: boolean;
  let calls: string[];
  let clock: FakeClock;
  let discovery: Discovery;
  let told: string[];

  beforeEach(() => {
    served = new Map();
    away = false;
    calls = [];
    told = [];
    clock = new FakeClock();
    const read = async (path: string) => {
      calls.push(path);
      if (away) throw new ApiError({ doing: "read", failure: "away" });
      const resources = served.get(path);
      if (!resources) throw new ApiError({ doing: "read", failure: "notFound", code: 404 });
      return { resources };
    };
    const client = { read } as unknown as Client;
    discovery = new Discovery({
      client,
      kinds: [ROUTE, MONITOR, RULE],
      logger: new QuietLogger(),
      clock,
    });
    discovery.onChange((kind, now) => told.push(`${kind.kind} ${now}`));
  });

  const serve = (...kinds: Kind[]) => {
    for (const { apiVersion, kind, plural, namespaced } of kinds) {
      const path = `/apis/${apiVersion}`;
      served.set(path, [...(served.get(path) ?? []), { name: plural, kind, namespaced }]);
    }
  };

  it("says what is served, with one call for each group version", async () => {
    serve(MONITOR);
    await discovery.start();
    assert.deepEqual(
      [ROUTE, MONITOR, RULE].map((kind) => discovery.served(kind)),
      [false, true, false],
    );
    assert.equal(calls.length, 2);
    assert.deepEqual(told, ["ServiceMonitor true"]);
    discovery.stop();
  });

  it("tells when a kind appears and when it goes", async () => {
    await discovery.start();
    serve(ROUTE);
    await clock.advance(60_000);
    assert.equal(discovery.served(ROUTE), true);
    served.clear();
    await clock.advance(60_000);
    assert.deepEqual(told, ["HTTPRoute true", "HTTPRoute false"]);
    discovery.stop();
    assert.equal(clock.pending, 0);
  });

  it("keeps what it knows while the API is away", async () => {
    serve(ROUTE);
    await discovery.start();
    away = true;
    await clock.advance(180_000);
    assert.equal(discovery.served(ROUTE), true);
    discovery.stop();
  });

  it("starts without the API", async () => {
    away = true;
    await discovery.start();
    assert.equal(discovery.served(ROUTE), false);
    away = false;
    serve(ROUTE);
    await clock.advance(60_000);
    assert.equal(discovery.served(ROUTE), true);
    discovery.stop();
  });

  it("looks at once when a call said that the kind is missing", async () => {
    serve(ROUTE);
    await discovery.start();
    served.clear();
    assert.equal(await discovery.recheck(ROUTE), false);
    assert.deepEqual(told, ["HTTPRoute true", "HTTPRoute false"]);
    discovery.stop();
  });

  it("finds a kind by its plural", async () => {
    serve(ROUTE);
    assert.deepEqual(await discovery.find(ROUTE.apiVersion, "httproutes"), ROUTE);
    assert.equal(await discovery.find(ROUTE.apiVersion, "nothing"), undefined);
    assert.equal(await discovery.find("none/v1", "nothing"), undefined);
  });
});
