import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "mocha";
import { parseAllDocuments } from "yaml";
import { dashboards } from "../../manifests/monitoring/dashboards/index.ts";
import { metricsOf } from "../harness/promql.ts";
import { exporters } from "./exporters.ts";
import type { KubeObject } from "./kubectl.ts";
import { type Platform, platform } from "./platform.ts";

/** Every PromQL expression of ours names metrics that a running Pitboss or a named exporter has: a typo would never fire. */

const root = join(import.meta.dirname, "..", "..");

interface Expression {
  readonly of: string;
  readonly expr: string;
}

interface RuleFile {
  spec: { groups: { rules: { alert?: string; record?: string; expr: string }[] }[] };
}

function ofDashboards(): Expression[] {
  return dashboards.flatMap(({ name, rows, variables = [] }) => [
    ...variables.map(({ from }) => ({ of: `${name}'s variables`, expr: from })),
    ...rows
      .flatMap(({ panels }) => panels)
      .flatMap(({ title, queries }) =>
        queries.map(({ expr }) => ({ of: `${name}: ${title}`, expr })),
      ),
  ]);
}

function ofRules(): Expression[] {
  const folder = join(root, "manifests", "monitoring", "rules");
  return globSync("*.yaml", { cwd: folder })
    .flatMap((file) => parseAllDocuments(readFileSync(join(folder, file), "utf8")))
    .flatMap((document) => (document.toJS() as RuleFile).spec.groups)
    .flatMap(({ rules }) => rules)
    .map(({ alert, record, expr }) => ({ of: alert ?? record ?? "a rule", expr }));
}

describe("the metrics", function () {
  this.timeout(300_000);
  let expressions = [...ofDashboards(), ...ofRules()];
  let pitboss: Platform;
  let known: Set<string>;

  before(async () => {
    pitboss = await platform();
    known = new Set(Object.values(exporters).flat());
    for (const { namespace, selector, tellsAlone } of processes) {
      const pods = await pitboss.kubectl.list("pods", namespace, selector);
      const [pod] = pods.filter(({ status }) => status?.["phase"] === "Running");
      if (pod === undefined && tellsAlone !== undefined) {
        expressions = expressions.filter(({ of }) => !of.startsWith(tellsAlone));
        continue;
      }
      assert.ok(pod, `no pod with ${selector} runs in ${namespace}`);
      for (const name of names(await scrape(pitboss, namespace, pod))) known.add(name);
    }
  });

  it("include every one that a dashboard or an alert names", () => {
    const missing = expressions.flatMap(({ of, expr }) =>
      [...metricsOf(expr)]
        .filter((metric) => !known.has(metric))
        .map((metric) => `${of}: ${metric}`),
    );
    assert.deepEqual(missing, []);
    assert.ok(expressions.length > 50, "far fewer expressions than there are");
  });
});

interface Process {
  readonly namespace: string;
  readonly selector: string;
  /** Not every casino has one: how the expressions begin that nothing tells of without it. */
  readonly tellsAlone?: string;
}

const processes: readonly Process[] = [
  { namespace: "pitboss", selector: "app.kubernetes.io/name=pitboss-operator" },
  { namespace: "pitboss", selector: "app.kubernetes.io/name=pitboss-lobby" },
  { namespace: "casino", selector: "pitboss.dev/game=dice" },
  {
    namespace: "pitboss-chain",
    selector: "app.kubernetes.io/component=chain,pitboss.dev/role=agent",
    tellsAlone: "chain: ",
  },
];

/** The names in the text format; a histogram's three series by their own. */
function* names(text: string): Iterable<string> {
  for (const [, name = "", type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    yield name;
    if (type !== "histogram" && type !== "summary") continue;
    for (const part of ["bucket", "sum", "count"]) yield `${name}_${part}`;
  }
}

/** Locally the node agent notes each port; elsewhere the API server leads to the pod. */
async function scrape({ kubectl }: Platform, namespace: string, pod: KubeObject): Promise<string> {
  const noted = pod.metadata.annotations?.["local.pitboss.dev/ports"];
  if (noted === undefined) {
    const path = `/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}:9090/proxy/metrics`;
    return kubectl.run(["get", "--raw", path]);
  }
  const { operations } = JSON.parse(noted) as { operations: number };
  const answer = await fetch(`http://127.0.0.1:${operations}/metrics`);
  assert.equal(answer.status, 200);
  return answer.text();
}
