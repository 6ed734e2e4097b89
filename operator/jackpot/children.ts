/** Everything that a Jackpot owns in the cluster. */
import type { Jackpot } from "../../crds/generated/jackpot.ts";
import type { Platform } from "../config.ts";
import type { Plan } from "../platform/apply.ts";
import { kinds } from "../platform/kinds.ts";
import { ruleName } from "./resources/names.ts";
import { buildPrometheusRule } from "./resources/prometheus-rule.ts";

/** The children of a Jackpot. */
export function planChildren(jackpot: Jackpot, platform: Platform): Plan[] {
  const desired = buildPrometheusRule(jackpot, platform);
  return [{ kind: kinds.prometheusRule, name: ruleName(jackpot), desired, gates: false }];
}
