import type { EndpointSlice, HttpRoute, ParentReference, Pod, Service } from "./kinds.ts";

/** Where the node agent notes the port on 127.0.0.1 of each named container port. */
export const PORTS_ANNOTATION = "local.pitboss.dev/ports";

/** The Gateway that this process is. */
export interface GatewayName {
  namespace: string;
  name: string;
}

/** A Service that a rule sends requests to. */
export interface Backend {
  namespace: string;
  service: string;
  port: number;
}

/** One path of one route, ready to be matched. */
export interface Route {
  exact: boolean;
  path: string;
  backend: Backend;
}

/** Do these parents name the gateway? A parent without a namespace is in the route's own. */
export function belongsTo(route: HttpRoute, gateway: GatewayName): boolean {
  const isIt = (parent: ParentReference) =>
    (parent.kind ?? "Gateway") === "Gateway" &&
    parent.name === gateway.name &&
    (parent.namespace ?? route.metadata.namespace) === gateway.namespace;
  return (route.spec.parentRefs ?? []).some(isIt);
}

/**
 * The paths of all routes, the most specific first: exact before prefix, then the longest, then the
 * oldest route, as the Gateway API orders them.
 */
export function routeTable(routes: readonly HttpRoute[], gateway: GatewayName): Route[] {
  const ours = routes.filter((route) => belongsTo(route, gateway));
  ours.sort((a, b) => ageOf(a).localeCompare(ageOf(b)));
  return ours.flatMap(pathsOf).sort(bySpecificity);
}

function ageOf({ metadata }: HttpRoute): string {
  return `${metadata.creationTimestamp ?? ""} ${metadata.namespace}/${metadata.name}`;
}

function pathsOf(route: HttpRoute): Route[] {
  return (route.spec.rules ?? []).flatMap((rule) => {
    const target = rule.backendRefs?.[0];
    if (!target) return [];
    const backend = {
      namespace: target.namespace ?? route.metadata.namespace ?? "default",
      service: target.name,
      port: target.port ?? 80,
    };
    return (rule.matches ?? [{}]).map(({ path }) => ({
      exact: path?.type === "Exact",
      path: path?.value ?? "/",
      backend,
    }));
  });
}

function bySpecificity(a: Route, b: Route): number {
  return Number(b.exact) - Number(a.exact) || b.path.length - a.path.length;
}

/** The backend for a path; a prefix ends at a path element, as the Gateway API says. */
export function match(table: readonly Route[], path: string): Backend | undefined {
  return table.find((route) => (route.exact ? path === route.path : hasPrefix(path, route.path)))
    ?.backend;
}

function hasPrefix(path: string, prefix: string): boolean {
  const bare = prefix.endsWith("/") ? prefix.slice(0, -1) : prefix;
  return path === bare || path.startsWith(`${bare}/`);
}

/** Where a pod takes requests. */
export interface Endpoint {
  host: string;
  port: number;
}

/** Where the Service's pods that are ready take requests. */
export function readyEndpoints(
  backend: Backend,
  service: Service | undefined,
  slices: readonly EndpointSlice[],
  pod: (name: string) => Pod | undefined,
): Endpoint[] {
  const target = service?.spec.ports?.find(({ port }) => port === backend.port);
  if (!target) return [];
  const ready = slices
    .flatMap((slice) => slice.endpoints ?? [])
    .filter(({ conditions, targetRef }) => conditions?.ready && targetRef?.kind === "Pod");
  const names = new Set(ready.flatMap(({ targetRef }) => targetRef?.name ?? []));
  return [...names].flatMap((name) => endpointOf(pod(name), target.targetPort ?? target.port));
}

/** On the local node a port of this machine, noted in the annotation; on a real one the pod's own. */
function endpointOf(pod: Pod | undefined, target: number | string): Endpoint[] {
  const declared = pod?.spec.containers
    .flatMap(({ ports = [] }) => ports)
    .find(({ name, containerPort }) => name === target || containerPort === target);
  if (!pod || !declared) return [];
  const noted = pod.metadata.annotations?.[PORTS_ANNOTATION];
  if (noted) {
    const port = (JSON.parse(noted) as Record<string, number>)[declared.name ?? ""];
    return port === undefined ? [] : [{ host: "127.0.0.1", port }];
  }
  const host = pod.status?.podIP;
  return host ? [{ host, port: declared.containerPort }] : [];
}
