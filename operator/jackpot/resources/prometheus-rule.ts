import type { Jackpot } from "../../../crds/generated/jackpot.ts";
import type { Platform } from "../../config.ts";
import { type Alert, buildAlerts } from "../../platform/alerts.ts";
import { type Child, ownedMeta } from "../../platform/child.ts";
import { labels, ruleName } from "./names.ts";

/** What somebody should be woken for, told of this jackpot by its name and namespace. */
export function buildPrometheusRule(jackpot: Jackpot, platform: Platform): Child {
  const { name, namespace } = jackpot.metadata;
  const { labels: selected, jackpotIdleHours } = platform.monitoring;
  const metadata = ownedMeta(jackpot, labels(jackpot), ruleName(jackpot), {
    labels: { ...selected },
  });
  const of = { metadata, group: `pitboss-jackpot-${name}`, labels: { jackpot: name, namespace } };
  return buildAlerts(of, alerts(jackpot, jackpotIdleHours), platform);
}

function alerts(jackpot: Jackpot, idleHours: number): readonly Alert[] {
  const { name, namespace } = jackpot.metadata;
  // Each lobby pod tells the same of every jackpot.
  const of = (metric: string) =>
    `max(pitboss_jackpot_${metric}{jackpot_namespace="${namespace}", jackpot="${name}"})`;
  return [
    {
      alert: "PitbossJackpotBelowSeed",
      expr: `${of("pool")} < ${of("seed")}`,
      for: "1m",
      severity: "critical",
      summary: `The pool of the jackpot ${name} is below its seed.`,
    },
    {
      alert: "PitbossJackpotOverCeiling",
      expr: `${of("pool")} > ${of("ceiling")}`,
      for: "1m",
      severity: "critical",
      summary: `The pool of the jackpot ${name} is above its ceiling.`,
    },
    {
      alert: "PitbossJackpotBooks",
      expr: `${of("books_difference")} != 0`,
      for: "1m",
      severity: "critical",
      summary: `The books of the jackpot ${name} do not balance.`,
    },
    {
      alert: "PitbossJackpotSequencerBehind",
      expr: `${of("behind_seconds")} > 5`,
      for: "1m",
      severity: "critical",
      summary: `Contributions to the jackpot ${name} wait to be counted, and wins with them.`,
    },
    {
      alert: "PitbossJackpotIdle",
      expr: `time() - ${of("last_contribution_seconds")} > ${idleHours * 3600} and ${of("games")} > 0`,
      for: "5m",
      severity: "warning",
      summary: `No round has fed the jackpot ${name} for ${idleHours} hours.`,
    },
    {
      alert: "PitbossJackpotWinHeld",
      expr: `${of("held_wins")} > 0`,
      for: "1m",
      severity: "critical",
      summary: `A win of the jackpot ${name} is held: draws hit more often than they may.`,
    },
    {
      alert: "PitbossJackpotNotReady",
      expr: `${of("ready")} == 0`,
      for: "15m",
      severity: "warning",
      summary: `The Jackpot ${name} is not Ready: kubectl get jackpot -n ${namespace} ${name} -o wide says why.`,
    },
  ];
}
