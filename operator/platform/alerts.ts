import type { Platform } from "../config.ts";
import type { ObjectMeta } from "../kube/object.ts";
import type { Child } from "./child.ts";

/** What somebody should be woken for. `expr` is PromQL. */
export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly severity: "warning" | "critical";
  readonly summary: string;
}

/** Which object's alerts they are: the name of their group, and the labels that each alert carries. */
export interface AlertsOf {
  readonly metadata: ObjectMeta;
  readonly group: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A PrometheusRule of these alerts, each with a link to its runbook where the platform publishes them. */
export function buildAlerts(
  { metadata, group, labels }: AlertsOf,
  alerts: readonly Alert[],
  { monitoring }: Platform,
): Child {
  const { runbookUrl } = monitoring;
  const rules = alerts.map(({ severity, summary, ...rule }) => ({
    ...rule,
    labels: { severity, ...labels },
    annotations: {
      summary,
      ...(runbookUrl ? { runbook_url: `${runbookUrl}/${rule.alert}` } : {}),
    },
  }));
  return {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PrometheusRule",
    metadata,
    spec: { groups: [{ name: group, rules }] },
  };
}
