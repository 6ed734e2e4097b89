import assert from "node:assert/strict";
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { parse, parseAllDocuments, stringify } from "yaml";
import { tool } from "./tools.ts";
import { runs } from "./ways.ts";

/** Prometheus' and Alertmanager's own programs on what they will be given. */

const root = join(import.meta.dirname, "..", "..");
const monitoring = join(root, "manifests", "monitoring");

interface PrometheusRule {
  readonly kind: string;
  readonly spec: { readonly groups: readonly object[] };
}

const rules = globSync("rules/*.yaml", { cwd: monitoring }).flatMap((file) =>
  parseAllDocuments(readFileSync(join(monitoring, file), "utf8")).map(
    (document) => document.toJS() as PrometheusRule,
  ),
);

describe("the monitoring", () => {
  const work = mkdtempSync(join(tmpdir(), "pitboss-monitoring-"));
  const at = (name: string) => join(work, name);

  before(() => {
    const groups = rules.flatMap(({ spec }) => spec.groups);
    writeFileSync(at("rules.yaml"), stringify({ groups }));
    const tests = readFileSync(join(import.meta.dirname, "monitoring", "rules.test.yaml"));
    writeFileSync(at("rules.test.yaml"), tests);
    const values = parse(
      readFileSync(join(monitoring, "values", "kube-prometheus-stack.yaml"), "utf8"),
    );
    writeFileSync(at("alertmanager.yaml"), stringify(values.alertmanager.config));
  });
  after(() => rmSync(work, { recursive: true }));

  it("has rules that Prometheus takes", async () => {
    assert.ok(rules.length > 0);
    await runs(await tool("promtool"), ["check", "rules", "--lint-fatal", at("rules.yaml")]);
  });

  it("fires each alert when it should and not before", async () => {
    await runs(await tool("promtool"), ["test", "rules", at("rules.test.yaml")]);
  });

  it("has an Alertmanager configuration that Alertmanager takes", async () => {
    await runs(await tool("amtool"), ["check-config", at("alertmanager.yaml")]);
  });

  const routes: readonly { labels: readonly string[]; receivers: string }[] = [
    { labels: ["alertname=Watchdog", "severity=none"], receivers: "heartbeat" },
    {
      labels: ["alertname=PitbossPayoutLimit", "severity=critical"],
      receivers: "pager,pager,chat",
    },
    {
      labels: ["alertname=PitbossGameDown", "severity=critical", "game=dice"],
      receivers: "pager,chat",
    },
    { labels: ["alertname=PitbossGameSlow", "severity=warning", "game=dice"], receivers: "chat" },
    { labels: ["alertname=Whatever", "severity=info"], receivers: "nobody" },
    { labels: ["alertname=Whatever"], receivers: "chat" },
  ];
  for (const { labels, receivers } of routes) {
    it(`sends ${labels.join(", ")} to ${receivers}`, async () => {
      const amtool = await tool("amtool");
      const config = `--config.file=${at("alertmanager.yaml")}`;
      const verify = `--verify.receivers=${receivers}`;
      await runs(amtool, ["config", "routes", "test", config, verify, ...labels]);
    });
  }
});
