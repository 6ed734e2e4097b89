import type { Kind } from "../kube/object.ts";

const namespaced = (apiVersion: string, kind: string, plural: string): Kind => ({
  apiVersion,
  kind,
  plural,
  namespaced: true,
});

/** The kinds that the controllers read or write. */
export const kinds = {
  game: namespaced("pitboss.dev/v1alpha1", "Game", "games"),
  jackpot: namespaced("pitboss.dev/v1alpha1", "Jackpot", "jackpots"),
  chain: namespaced("pitboss.dev/v1alpha1", "Chain", "chains"),
  configMap: namespaced("v1", "ConfigMap", "configmaps"),
  secret: namespaced("v1", "Secret", "secrets"),
  deployment: namespaced("apps/v1", "Deployment", "deployments"),
  daemonSet: namespaced("apps/v1", "DaemonSet", "daemonsets"),
  statefulSet: namespaced("apps/v1", "StatefulSet", "statefulsets"),
  replicaSet: namespaced("apps/v1", "ReplicaSet", "replicasets"),
  pod: namespaced("v1", "Pod", "pods"),
  service: namespaced("v1", "Service", "services"),
  autoscaler: namespaced("autoscaling/v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers"),
  disruptionBudget: namespaced("policy/v1", "PodDisruptionBudget", "poddisruptionbudgets"),
  networkPolicy: namespaced("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies"),
  ingress: namespaced("networking.k8s.io/v1", "Ingress", "ingresses"),
  route: namespaced("gateway.networking.k8s.io/v1", "HTTPRoute", "httproutes"),
  serviceMonitor: namespaced("monitoring.coreos.com/v1", "ServiceMonitor", "servicemonitors"),
  prometheusRule: namespaced("monitoring.coreos.com/v1", "PrometheusRule", "prometheusrules"),
} as const satisfies Record<string, Kind>;

/** Kinds that a cluster may lack, and that may be installed or removed at any time. */
export const optionalKinds: readonly Kind[] = [
  kinds.route,
  kinds.serviceMonitor,
  kinds.prometheusRule,
];

/** Our own: nothing begins before the API serves every one of them. */
export const ownKinds: readonly Kind[] = [kinds.game, kinds.jackpot, kinds.chain];
