import type { Kind, KubeObject } from "../../operator/kube/object.ts";

export const HTTP_ROUTE: Kind = {
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  plural: "httproutes",
  namespaced: true,
};

export const SERVICE: Kind = {
  apiVersion: "v1",
  kind: "Service",
  plural: "services",
  namespaced: true,
};

export const ENDPOINT_SLICE: Kind = {
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  plural: "endpointslices",
  namespaced: true,
};

export const POD: Kind = { apiVersion: "v1", kind: "Pod", plural: "pods", namespaced: true };

export interface ParentReference {
  group?: string;
  kind?: string;
  namespace?: string;
  name: string;
}

export interface RouteRule {
  matches?: { path?: { type?: "Exact" | "PathPrefix"; value?: string } }[];
  backendRefs?: { name: string; namespace?: string; port?: number }[];
}

export interface HttpRoute extends KubeObject {
  spec: { parentRefs?: ParentReference[]; rules?: RouteRule[] };
  status?: { parents?: { controllerName: string; conditions?: RouteCondition[] }[] };
}

export interface RouteCondition {
  type: string;
  status: "True" | "False";
  reason: string;
  message: string;
  observedGeneration?: number;
  lastTransitionTime: string;
}

export interface Service extends KubeObject {
  spec: { ports?: { name?: string; port: number; targetPort?: number | string }[] };
}

export interface EndpointSlice extends KubeObject {
  endpoints?: {
    conditions?: { ready?: boolean };
    targetRef?: { kind?: string; name?: string };
  }[];
}

export interface Pod extends KubeObject {
  spec: { containers: { ports?: { name?: string; containerPort: number }[] }[] };
  status?: { podIP?: string };
}
