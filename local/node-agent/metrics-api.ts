import { selects } from "./label-selector.ts";
import type { Usage } from "./usage.ts";

/** A pod's containers and what each uses. */
export interface PodUsage {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly containers: readonly { readonly name: string; readonly usage: Usage }[];
}

/** A node and what its pods use. */
export interface NodeUsage {
  readonly name: string;
  readonly pods: readonly PodUsage[];
}

const group = "metrics.k8s.io";
const version = `${group}/v1beta1`;
const root = `/apis/${version}`;

/**
 * The resource metrics API, which the API server forwards to us: the autoscaler and `kubectl top` ask
 * it. Undefined: there is no such resource.
 */
export function metricsAnswer(url: URL, nodes: readonly NodeUsage[]): unknown {
  const { pathname } = url;
  if (pathname === root) return resourceList;
  if (!pathname.startsWith(`${root}/`)) return undefined;
  const parts = pathname.slice(root.length + 1).split("/");
  const selector = url.searchParams.get("labelSelector") ?? "";
  if (parts[0] === "nodes") {
    const all = nodes.map(nodeMetrics);
    const [, wanted] = parts;
    return wanted === undefined
      ? list("NodeMetrics", all)
      : all.find(({ metadata }) => metadata.name === wanted);
  }
  const [namespace, kind, name] =
    parts[0] === "namespaces" ? parts.slice(1) : [undefined, ...parts];
  if (kind !== "pods") return undefined;
  const chosen = nodes
    .flatMap(({ pods }) => pods)
    .filter((pod) => namespace === undefined || pod.namespace === namespace)
    .filter(({ labels }) => selects(selector, labels));
  if (name === undefined) return list("PodMetrics", chosen.map(podMetrics));
  const one = chosen.find((pod) => pod.name === name);
  return one && podMetrics(one);
}

const resourceList = {
  kind: "APIResourceList",
  apiVersion: "v1",
  groupVersion: version,
  resources: [
    {
      name: "nodes",
      singularName: "",
      namespaced: false,
      kind: "NodeMetrics",
      verbs: ["get", "list"],
    },
    {
      name: "pods",
      singularName: "",
      namespaced: true,
      kind: "PodMetrics",
      verbs: ["get", "list"],
    },
  ],
};

function list(kind: string, items: readonly object[]) {
  return { kind: `${kind}List`, apiVersion: version, metadata: {}, items };
}

function podMetrics({ namespace, name, labels, containers }: PodUsage) {
  const windowMs = Math.min(...containers.map(({ usage }) => usage.windowMs));
  return {
    ...head("PodMetrics", windowMs),
    metadata: { name, namespace, labels },
    containers: containers.map((one) => ({ name: one.name, usage: quantities([one.usage]) })),
  };
}

function nodeMetrics({ name, pods }: NodeUsage) {
  const usages = pods.flatMap(({ containers }) => containers.map(({ usage }) => usage));
  return {
    ...head("NodeMetrics", Math.max(0, ...usages.map(({ windowMs }) => windowMs))),
    metadata: { name },
    usage: quantities(usages),
  };
}

function head(kind: string, windowMs: number) {
  return {
    kind,
    apiVersion: version,
    timestamp: new Date().toISOString(),
    window: `${Math.round(windowMs / 1000)}s`,
  };
}

function quantities(usages: readonly Usage[]) {
  const cores = usages.reduce((total, { cpuCores }) => total + cpuCores, 0);
  const bytes = usages.reduce((total, { memoryBytes }) => total + memoryBytes, 0);
  return { cpu: `${Math.round(cores * 1e9)}n`, memory: `${Math.round(bytes / 1024)}Ki` };
}

/** How the API server finds the metrics: it forwards the group to a port of this machine. */
export function metricsObjects(port: number) {
  const metadata = { name: "pitboss-local-metrics", namespace: "kube-system" };
  return [
    {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: { type: "ExternalName", externalName: "localhost" },
    },
    {
      apiVersion: "apiregistration.k8s.io/v1",
      kind: "APIService",
      metadata: { name: `v1beta1.${group}` },
      spec: {
        group,
        version: "v1beta1",
        groupPriorityMinimum: 100,
        versionPriority: 100,
        service: { ...metadata, port },
        // The certificate is the API server's own, and has not this Service's name.
        insecureSkipTLSVerify: true,
      },
    },
  ];
}
