import type { Game } from "../../../crds/generated/game.ts";
import type { Platform } from "../../config.ts";
import { type Alert, buildAlerts } from "../../platform/alerts.ts";
import { type Child, childMeta } from "./child.ts";
import { childName } from "./names.ts";

/** What somebody should be woken for, told of this game by its name and namespace. */
export function buildPrometheusRule(game: Game, platform: Platform): Child {
  const { name, namespace } = game.metadata;
  const labels = { ...platform.monitoring.labels };
  const metadata = childMeta(game, childName(game), { labels });
  const of = { metadata, group: `pitboss-${name}`, labels: { game: name, namespace } };
  return buildAlerts(of, alerts(game), platform);
}

function alerts(game: Game): readonly Alert[] {
  const { name, namespace } = game.metadata;
  // The ServiceMonitor copies the label pitboss.dev/game to every series.
  const own = `namespace="${namespace}", pitboss_dev_game="${name}"`;
  const requests = (more: string) =>
    `sum(rate(pitboss_http_request_seconds_count{${own}${more}}[5m]))`;
  // The operator tells of it, so that a scrape may rename the label that says where the Game is.
  const told = (metric: string, is: string) =>
    ["exported_namespace", "namespace"]
      .map((label) => `${metric}{${label}="${namespace}", game="${name}"} ${is}`)
      .join(" or ");
  return [
    {
      alert: "PitbossGameDown",
      expr: `absent(up{${own}} == 1)`,
      for: "2m",
      severity: "critical",
      summary: `No pod of the game ${name} answers: players cannot play it.`,
    },
    {
      alert: "PitbossGameErrors",
      expr: `${requests(', status=~"5.."')} / ${requests("")} > 0.01`,
      for: "5m",
      severity: "critical",
      summary: `More than 1% of the requests to the game ${name} fail.`,
    },
    {
      alert: "PitbossGameSlow",
      expr: `histogram_quantile(0.99, sum by (le) (rate(pitboss_http_request_seconds_bucket{${own}}[5m]))) > 0.5`,
      for: "10m",
      severity: "warning",
      summary: `One request in a hundred to the game ${name} takes longer than half a second.`,
    },
    {
      alert: "PitbossGameReturnBreach",
      expr: told("pitboss_game_return_breach", "== 1"),
      for: "1m",
      severity: "critical",
      summary: `The game ${name} does not pay what is proven, and chance does not explain it: kubectl describe game -n ${namespace} ${name} has the figures.`,
    },
    {
      alert: "PitbossGameNotReady",
      expr: told("pitboss_game_ready", "== 0"),
      for: "15m",
      severity: "warning",
      summary: `The Game ${name} is not Ready: kubectl get game -n ${namespace} ${name} -o wide says why.`,
    },
  ];
}
