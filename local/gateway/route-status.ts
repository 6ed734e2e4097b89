import type { Client } from "../../operator/kube/client.ts";
import { HTTP_ROUTE, type HttpRoute, type RouteCondition } from "./kinds.ts";
import { type Backend, belongsTo, type GatewayName } from "./routing.ts";

const CONTROLLER = "pitboss.dev/local-gateway";

/** What this gateway says of a route: Accepted, and ResolvedRefs where its Services exist. */
export function judge(
  route: HttpRoute,
  backends: readonly Backend[],
  exists: (backend: Backend) => boolean,
): Omit<RouteCondition, "lastTransitionTime">[] {
  const observedGeneration = route.metadata.generation ?? 0;
  const missing = backends.find((backend) => !exists(backend));
  return [
    {
      type: "Accepted",
      status: "True",
      reason: "Accepted",
      message: "the route is served",
      observedGeneration,
    },
    missing
      ? {
          type: "ResolvedRefs",
          status: "False",
          reason: "BackendNotFound",
          message: `Service ${missing.namespace}/${missing.service} does not exist`,
          observedGeneration,
        }
      : {
          type: "ResolvedRefs",
          status: "True",
          reason: "ResolvedRefs",
          message: "every Service exists",
          observedGeneration,
        },
  ];
}

/** Does the route's status already say this? */
export function says(
  route: HttpRoute,
  wanted: readonly Omit<RouteCondition, "lastTransitionTime">[],
): boolean {
  const ours = route.status?.parents?.find(({ controllerName }) => controllerName === CONTROLLER);
  return wanted.every((condition) =>
    ours?.conditions?.some(
      (now) =>
        now.type === condition.type &&
        now.status === condition.status &&
        now.reason === condition.reason &&
        now.observedGeneration === condition.observedGeneration,
    ),
  );
}

/** Writes the gateway's judgement into the route's status. */
export async function report(
  client: Client,
  gateway: GatewayName,
  route: HttpRoute,
  wanted: readonly Omit<RouteCondition, "lastTransitionTime">[],
): Promise<void> {
  if (!belongsTo(route, gateway) || says(route, wanted)) return;
  const lastTransitionTime = new Date().toISOString();
  const parentRef = { group: "gateway.networking.k8s.io", kind: "Gateway", ...gateway };
  const conditions = wanted.map((condition) => ({ ...condition, lastTransitionTime }));
  const status = { parents: [{ parentRef, controllerName: CONTROLLER, conditions }] };
  await client.applyStatus(HTTP_ROUTE, { ...route, status });
}
