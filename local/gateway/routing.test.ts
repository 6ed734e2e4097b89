import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { EndpointSlice, HttpRoute, Pod, Service } from "./kinds.ts";
import { match, PORTS_ANNOTATION, readyEndpoints, routeTable } from "./routing.ts";

const gateway = { namespace: "pitboss", name: "pitboss" };

function route(
  name: string,
  paths: [string, "Exact" | "PathPrefix"][],
  parent = gateway,
): HttpRoute {
  return {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: { name, namespace: "casino", creationTimestamp: "2026-01-01T00:00:00Z" },
    spec: {
      parentRefs: [parent],
      rules: [
        {
          matches: paths.map(([value, type]) => ({ path: { type, value } })),
          backendRefs: [{ name, port: 80 }],
        },
      ],
    },
  };
}

const table = routeTable(
  [
    route("lobby", [
      ["/games", "Exact"],
      ["/wallet", "PathPrefix"],
    ]),
    route("coin-flip", [["/games/coin-flip", "PathPrefix"]]),
    route("foreign", [["/games/foreign", "PathPrefix"]], { namespace: "x", name: "pitboss" }),
  ],
  gateway,
);

describe("the gateway's routing", () => {
  const cases: [string, string | undefined][] = [
    ["/games", "lobby"],
    ["/games/", undefined],
    ["/wallet", "lobby"],
    ["/wallet/entries", "lobby"],
    ["/wallets", undefined],
    ["/games/coin-flip", "coin-flip"],
    ["/games/coin-flip/rounds", "coin-flip"],
    ["/games/coin-flip-2", undefined],
    ["/games/foreign", undefined],
  ];
  for (const [path, service] of cases) {
    it(`sends ${path} to ${service ?? "nobody"}`, () => {
      assert.equal(match(table, path)?.service, service);
    });
  }

  it("finds the mapped endpoints of the pods that are ready, and of no others", () => {
    const service: Service = {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "coin-flip" },
      spec: { ports: [{ port: 80, targetPort: "http" }] },
    };
    const slice: EndpointSlice = {
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: { name: "s" },
      endpoints: [
        { conditions: { ready: true }, targetRef: { kind: "Pod", name: "a" } },
        { conditions: { ready: false }, targetRef: { kind: "Pod", name: "b" } },
        { conditions: { ready: true }, targetRef: { kind: "Pod", name: "gone" } },
      ],
    };
    const pod = (name: string): Pod | undefined =>
      name === "gone"
        ? undefined
        : {
            apiVersion: "v1",
            kind: "Pod",
            metadata: { name, annotations: { [PORTS_ANNOTATION]: '{"http":4001}' } },
            spec: { containers: [{ ports: [{ name: "http", containerPort: 8080 }] }] },
          };
    const backend = { namespace: "casino", service: "coin-flip", port: 80 };
    assert.deepEqual(readyEndpoints(backend, service, [slice], pod), [
      { host: "127.0.0.1", port: 4001 },
    ]);
    const real = { ...pod("a"), metadata: { name: "a" }, status: { podIP: "10.1.2.3" } } as Pod;
    assert.deepEqual(
      readyEndpoints(backend, service, [slice], (name) => (name === "a" ? real : undefined)),
      [{ host: "10.1.2.3", port: 8080 }],
    );
    assert.deepEqual(readyEndpoints({ ...backend, port: 81 }, service, [slice], pod), []);
  });
});
