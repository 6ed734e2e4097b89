import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, describe, it } from "mocha";
import { pino } from "pino";
import { localCluster } from "../../test/harness/control-plane.ts";
import { Applier } from "../install/applier.ts";
import { type Manifest, readManifests } from "../install/documents.ts";
import { NodeApi } from "../node-agent/api.ts";
import { type Gateway, startGateway } from "./gateway.ts";
import type { HttpRoute } from "./kinds.ts";
import { PORTS_ANNOTATION } from "./routing.ts";

const crds = join(import.meta.dirname, "..", "crds");
const routePath = "/apis/gateway.networking.k8s.io/v1/namespaces/default/httproutes/dice";

describe("the gateway on a real API server", function () {
  this.timeout(60_000);
  let api: NodeApi;
  let applier: Applier;
  let gateway: Gateway;
  let backend: Server;

  before(async () => {
    const plane = await localCluster();
    api = new NodeApi(plane.access());
    applier = new Applier(api);
    await apply(await readManifests(join(crds, "httproutes.yaml")));
    backend = createServer((request, response) => response.end(`dice got ${request.url}`));
    backend.listen(0, "127.0.0.1");
    await once(backend, "listening");
    gateway = await startGateway({
      access: plane.access(),
      gateway: { namespace: "pitboss", name: "pitboss" },
      port: 0,
      logger: pino({ level: "silent" }),
    });
  });

  after(async () => {
    await gateway.stop();
    backend.close();
    await api.close();
  });

  function apply(objects: readonly Manifest[]): Promise<void> {
    return applier.applyAll(objects, "default");
  }

  async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < 200; tries++) {
      if (await holds()) return;
      await sleep(50);
    }
    assert.fail(`not in time: ${what}`);
  }

  async function conditions(): Promise<Record<string, string>> {
    const route = await api.find<HttpRoute>(routePath);
    const list = route?.status?.parents?.[0]?.conditions ?? [];
    return Object.fromEntries(
      list.map(({ type, status, reason }) => [type, `${status} ${reason}`]),
    );
  }

  const ask = () => fetch(`http://127.0.0.1:${gateway.port}/games/dice/rounds?limit=1`);

  it("answers 404 as long as no route has the path", async () => {
    assert.equal((await ask()).status, 404);
  });

  it("refuses what is too long to be read with a problem document, as the services do", async () => {
    const answer = await fetch(`http://127.0.0.1:${gateway.port}/${"a".repeat(20_000)}`);
    assert.equal(answer.status, 400);
    assert.equal(answer.headers.get("content-type"), "application/problem+json");
    assert.equal(((await answer.json()) as { code: string }).code, "malformed");
  });

  it("reports a route whose Service is missing, and answers 503 with Retry-After", async () => {
    await apply([
      {
        apiVersion: "gateway.networking.k8s.io/v1",
        kind: "HTTPRoute",
        metadata: { name: "dice" },
        spec: {
          parentRefs: [{ name: "pitboss", namespace: "pitboss" }],
          rules: [
            {
              matches: [{ path: { type: "PathPrefix", value: "/games/dice" } }],
              backendRefs: [{ name: "dice", port: 80 }],
            },
          ],
        },
      },
    ]);
    await until("BackendNotFound", async () => {
      return (await conditions())["ResolvedRefs"] === "False BackendNotFound";
    });
    const answer = await ask();
    assert.equal(answer.status, 503);
    assert.ok(Number(answer.headers.get("retry-after")) > 0);
    assert.match(answer.headers.get("content-type") ?? "", /^application\/problem\+json/);
  });

  it("accepts the route, and follows it to the port of a ready pod", async () => {
    const ports = JSON.stringify({ http: (backend.address() as AddressInfo).port });
    const container = {
      name: "web",
      image: "test:web",
      ports: [{ name: "http", containerPort: 8080 }],
    };
    const pod = { name: "dice-1", annotations: { [PORTS_ANNOTATION]: ports } };
    const endpoint = {
      addresses: ["10.244.0.9"],
      conditions: { ready: true },
      targetRef: { kind: "Pod", name: "dice-1", namespace: "default" },
    };
    await apply([
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "dice" },
        spec: { ports: [{ port: 80, targetPort: "http" }] },
      },
      { apiVersion: "v1", kind: "Pod", metadata: pod, spec: { containers: [container] } },
      {
        apiVersion: "discovery.k8s.io/v1",
        kind: "EndpointSlice",
        metadata: { name: "dice-1", labels: { "kubernetes.io/service-name": "dice" } },
        addressType: "IPv4",
        ports: [{ name: "http", port: 8080 }],
        endpoints: [endpoint],
      },
    ]);
    await until("an answer", async () => (await ask()).status === 200);
    assert.equal(await (await ask()).text(), "dice got /games/dice/rounds?limit=1");
    await until("ResolvedRefs", async () => {
      return (await conditions())["ResolvedRefs"] === "True ResolvedRefs";
    });
    assert.equal((await conditions())["Accepted"], "True Accepted");
  });

  it("forgets the path when the route is deleted", async () => {
    await api.call("DELETE", routePath);
    await until("404", async () => (await ask()).status === 404);
  });
});
