import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parser } from "@prometheus-io/lezer-promql";
import { describe, it } from "mocha";
import { platform } from "../../game/testing/samples.ts";
import { jackpot } from "../testing/samples.ts";
import { buildPrometheusRule } from "./prometheus-rule.ts";

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
}

const monitoring = {
  ...{ namespace: "m", labels: { team: "sre" }, jackpotIdleHours: 6 },
  runbookUrl: "https://run.example",
};
const built = buildPrometheusRule(jackpot(), platform({ monitoring }));
const { groups } = built["spec"] as { groups: { rules: Rule[] }[] };
const rules = groups[0]?.rules ?? [];

describe("the alerts of a Jackpot", () => {
  it("stand beside those of a Game of the same name, owned by the Jackpot", () => {
    const { name, labels, ownerReferences } = built.metadata;
    assert.equal(name, "mega.jackpot");
    assert.deepEqual([labels?.["team"], labels?.["pitboss.dev/jackpot"]], ["sre", "mega"]);
    assert.equal(ownerReferences?.[0]?.kind, "Jackpot");
  });

  for (const { alert, expr, labels, annotations } of rules) {
    it(`are told of this jackpot, with a runbook: ${alert}`, () => {
      assert.match(expr, /jackpot_namespace="casino", jackpot="mega"/);
      assert.match(labels["severity"] ?? "", /^(warning|critical)$/);
      assert.match(annotations["summary"] ?? "", /mega/);
      assert.equal(annotations["runbook_url"], `https://run.example/${alert}`);
      const pages = join(import.meta.dirname, "../../../docs/runbooks");
      assert.ok(existsSync(join(pages, `${alert}.md`)));
      parser.configure({ strict: true }).parse(expr);
    });
  }

  it("wait as long as the platform says before they call a jackpot idle", () => {
    const idle = rules.find(({ alert }) => alert === "PitbossJackpotIdle");
    assert.match(idle?.expr ?? "", /> 21600 and /);
  });
});
