import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { Registry } from "prom-client";
import { metricsOf } from "../../../test/harness/promql.ts";
import { GameMetrics } from "../../metrics.ts";
import { readSecret } from "../../platform/secrets.ts";
import { planChildren } from "../children.ts";
import { credentials, game, platform, REVISION, serving } from "../testing/samples.ts";
import { buildAutoscaler } from "./autoscaler.ts";
import { buildConfigMap } from "./config-map.ts";
import { buildIngress } from "./ingress.ts";
import { buildNetworkPolicy } from "./network-policy.ts";
import { buildPrometheusRule } from "./prometheus-rule.ts";
import { buildRoute } from "./route.ts";
import { buildSecret } from "./secret.ts";
import { buildService } from "./service.ts";
import { buildServiceMonitor } from "./service-monitor.ts";

const autoscaling = { min: 1, max: 10, targetCPU: 70 };

describe("the children of a Game", () => {
  const plans = planChildren(game({ autoscaling }), platform(), { serving, credentials });

  it("are made in the order in which they need each other", () => {
    const order = plans.flatMap(({ kind, desired }) => (desired ? [kind.kind] : []));
    assert.deepEqual(order, [
      "ConfigMap",
      "Secret",
      "Deployment",
      "Service",
      "HorizontalPodAutoscaler",
      "PodDisruptionBudget",
      "NetworkPolicy",
      "ServiceMonitor",
      "PrometheusRule",
      "HTTPRoute",
    ]);
  });

  for (const { kind, name, desired } of plans) {
    if (!desired) continue;
    it(`know their Game and are found by its label: ${kind.kind}`, () => {
      assert.equal(desired.kind, kind.kind);
      assert.equal(desired.apiVersion, kind.apiVersion);
      assert.equal(desired.metadata.name, name);
      assert.equal(desired.metadata.namespace, "casino");
      assert.equal(desired.metadata.labels?.["pitboss.dev/game"], "coin-flip");
      assert.deepEqual(desired.metadata.ownerReferences, [
        {
          apiVersion: "pitboss.dev/v1alpha1",
          kind: "Game",
          name: "coin-flip",
          uid: game().metadata.uid,
          controller: true,
          blockOwnerDeletion: false,
        },
      ]);
    });
  }

  it("are the same for the same Game", () => {
    const again = planChildren(game({ autoscaling }), platform(), { serving, credentials });
    assert.equal(JSON.stringify(again), JSON.stringify(plans));
  });
});

describe("the configuration's ConfigMap", () => {
  it("is immutable, named by its revision, and holds what the runtime reads", () => {
    const { immutable, metadata, data } = buildConfigMap(game(), serving);
    assert.equal(immutable, true);
    assert.equal(metadata.name, `coin-flip-${REVISION}`);
    const { returns: _, ...revision } = serving;
    assert.deepEqual(JSON.parse((data as Record<string, string>)["revision.json"] ?? ""), revision);
  });
});

describe("the Secret", () => {
  it("reads back as it was written", () => {
    const secret = buildSecret(game(), { ...credentials, ca: "PEM" });
    assert.equal(readSecret(secret, "password"), "secret");
    assert.equal(readSecret(secret, "port"), "5432");
    assert.equal(readSecret(secret, "seed-key"), credentials.seedKey);
    assert.equal(readSecret(secret, "ca.crt"), "PEM");
    assert.equal(readSecret(buildSecret(game(), credentials), "ca.crt"), undefined);
    assert.equal(readSecret(undefined, "password"), undefined);
  });
});

describe("the Service", () => {
  it("leads to the named ports of the pods", () => {
    assert.deepEqual(buildService(game())["spec"], {
      type: "ClusterIP",
      selector: { "pitboss.dev/game": "coin-flip" },
      ports: [
        { name: "http", port: 80, targetPort: "http", protocol: "TCP" },
        { name: "operations", port: 9090, targetPort: "operations", protocol: "TCP" },
      ],
    });
  });
});

describe("the autoscaler", () => {
  it("is there only where the Game asks for it", () => {
    assert.equal(buildAutoscaler(game()), undefined);
    const spec = buildAutoscaler(game({ autoscaling }))?.["spec"] as Record<string, unknown>;
    assert.equal(spec["minReplicas"], 1);
    assert.equal(spec["maxReplicas"], 10);
  });
});

describe("the way in", () => {
  it("is an HTTPRoute with a Gateway, an Ingress with a class, and nothing without", () => {
    const ingress = { className: "alb", annotations: { group: "pitboss" } };
    assert.ok(buildRoute(game(), platform()));
    assert.equal(buildIngress(game(), platform()), undefined);
    const classed = platform({ gateway: undefined, ingress });
    assert.equal(buildRoute(game(), classed), undefined);
    assert.deepEqual(buildIngress(game(), classed)?.metadata.annotations, { group: "pitboss" });
    const closed = platform({ gateway: undefined });
    assert.equal(buildRoute(game(), closed) ?? buildIngress(game(), closed), undefined);
  });

  it("leads the game's path to the game's Service", () => {
    const route = JSON.stringify(buildRoute(game(), platform()));
    assert.match(route, /"PathPrefix","value":"\/games\/coin-flip"/);
    assert.match(route, /"kind":"Service","name":"coin-flip","port":80/);
  });
});

describe("the NetworkPolicy", () => {
  interface Rules {
    policyTypes: string[];
    ingress: unknown[];
    egress: { to?: unknown[]; ports: { port: number }[] }[];
  }
  const rules = (change: Parameters<typeof platform>[0]) =>
    buildNetworkPolicy(game(), platform(change), { databasePort: 5433 })["spec"] as Rules;

  it("denies all but gateway and monitoring in, DNS and database out", () => {
    const { policyTypes, ingress, egress } = rules({ databaseCidrs: ["10.0.0.0/8"] });
    assert.deepEqual(policyTypes, ["Ingress", "Egress"]);
    const from = (name: string) => [
      { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } },
    ];
    assert.deepEqual(ingress, [
      { from: from("pitboss"), ports: [{ protocol: "TCP", port: "http" }] },
      { from: from("monitoring"), ports: [{ protocol: "TCP", port: "operations" }] },
    ]);
    assert.equal(egress.length, 2);
    assert.deepEqual(egress[1], {
      to: [{ ipBlock: { cidr: "10.0.0.0/8" } }],
      ports: [{ protocol: "TCP", port: 5433 }],
    });
  });

  const issuers: [string, number][] = [
    ["https://keys.example/jwks", 443],
    ["http://keys.example/jwks", 80],
    ["https://keys.example:8443/jwks", 8443],
  ];
  for (const [url, port] of issuers) {
    it(`lets pods fetch keys from ${url}`, () => {
      const { egress } = rules({ jwks: { url }, jwksCidrs: ["1.2.3.4/32"] });
      assert.deepEqual(egress[2], {
        to: [{ ipBlock: { cidr: "1.2.3.4/32" } }],
        ports: [{ protocol: "TCP", port }],
      });
    });
  }
});

describe("monitoring", () => {
  const monitoring = {
    ...{ namespace: "m", labels: { team: "sre" }, jackpotIdleHours: 24 },
    runbookUrl: "https://run.example",
  };

  it("carries the labels that Prometheus selects by", () => {
    const set = platform({ monitoring });
    assert.equal(buildServiceMonitor(game(), set).metadata.labels?.["team"], "sre");
    assert.equal(buildPrometheusRule(game(), set).metadata.labels?.["team"], "sre");
  });

  it("gives every alert a severity, a summary and a runbook", () => {
    const { groups } = buildPrometheusRule(game(), platform({ monitoring }))["spec"] as {
      groups: { rules: Record<string, Record<string, string>>[] }[];
    };
    for (const { alert, labels, annotations } of groups[0]?.rules ?? []) {
      assert.match(labels?.["severity"] ?? "", /^(warning|critical)$/);
      assert.match(annotations?.["summary"] ?? "", /coin-flip/);
      assert.equal(annotations?.["runbook_url"], `https://run.example/${alert}`);
    }
  });

  it("alerts by metrics that the operator or the game's pods tell of", () => {
    const registry = new Registry();
    new GameMetrics(registry);
    const requests = ["bucket", "count"].map((part) => `pitboss_http_request_seconds_${part}`);
    const known = [...registry.getMetricsAsArray().map(({ name }) => name), ...requests, "up"];
    const { groups } = buildPrometheusRule(game(), platform({ monitoring }))["spec"] as {
      groups: { rules: { alert: string; expr: string }[] }[];
    };
    const rules = groups[0]?.rules ?? [];
    for (const { alert, expr } of rules) {
      for (const metric of metricsOf(expr))
        assert.ok(known.includes(metric), `${alert}: ${metric}`);
    }
    assert.ok(rules.some(({ alert }) => alert === "PitbossGameReturnBreach"));
  });
});
