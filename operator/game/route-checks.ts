import type { Found } from "./checks.ts";
import type { LiveRoute } from "./live.ts";
import type { Observed } from "./observe.ts";

/** Whether players get to the game, as far as the gateway or ingress controller tells. */
export const routeChecks = [notConfigured, apiMissing, routeRefused, unreported] as const;

function notConfigured({ way, game }: Observed): Found | undefined {
  if (way.kind !== "none") return undefined;
  const { name, namespace } = game.metadata;
  const message = `reachable inside the cluster only, at ${name}.${namespace}: set PITBOSS_GATEWAY or PITBOSS_INGRESS_CLASS on the operator to let players in`;
  return { reason: "RouteNotConfigured", message, unknown: true };
}

function apiMissing({ way }: Observed): Found | undefined {
  if (way.kind !== "HTTPRoute" || way.served) return undefined;
  const message =
    "the Gateway API is not installed (no HTTPRoute, gateway.networking.k8s.io/v1): install it, or set PITBOSS_INGRESS_CLASS on the operator";
  return { reason: "RouteApiMissing", message };
}

function routeRefused({ way }: Observed): Found | undefined {
  if (way.kind !== "HTTPRoute") return undefined;
  const refused = verdicts(way.live).find(({ status }) => status === "False");
  if (!refused) return undefined;
  const message = `the gateway does not take HTTPRoute ${way.live?.metadata.name} (${refused.reason}): ${refused.message}`;
  return { reason: "RouteRefused", message };
}

function unreported({ way }: Observed): Found | undefined {
  if (way.kind === "none") return undefined;
  const reported =
    way.kind === "HTTPRoute"
      ? verdicts(way.live).length > 0
      : (way.live?.status?.loadBalancer?.ingress?.length ?? 0) > 0;
  if (reported) return undefined;
  const message = `the ${way.kind} is in place; no controller has reported on it yet`;
  return { reason: "RouteUnreported", message, unknown: true };
}

// Reports on an earlier version of the route say nothing of this one.
function verdicts(route: LiveRoute | undefined) {
  const { generation } = route?.metadata ?? {};
  return (route?.status?.parents ?? [])
    .flatMap(({ conditions }) => conditions ?? [])
    .filter(({ type }) => type === "Accepted" || type === "ResolvedRefs")
    .filter(({ observedGeneration }) => (observedGeneration ?? generation) === generation);
}
