/** What the controller reads of live objects: the fields that its checks judge by. */
import type { KubeObject } from "../kube/object.ts";

interface LiveCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

export interface LiveDeployment extends KubeObject {
  readonly spec: {
    readonly replicas?: number;
    readonly template?: { readonly metadata?: { readonly labels?: Record<string, string> } };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly conditions?: readonly LiveCondition[];
  };
}

interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly terminated?: { readonly exitCode?: number; readonly reason?: string };
}

export interface LivePod extends KubeObject {
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly LiveCondition[];
    readonly containerStatuses?: readonly {
      readonly name: string;
      readonly ready: boolean;
      readonly restartCount: number;
      readonly state?: ContainerState;
      readonly lastState?: ContainerState;
    }[];
  };
}

export interface LiveRoute extends KubeObject {
  readonly status?: {
    readonly parents?: readonly {
      readonly parentRef: { readonly namespace?: string; readonly name: string };
      readonly conditions?: readonly (LiveCondition & { readonly observedGeneration?: number })[];
    }[];
  };
}

export interface LiveIngress extends KubeObject {
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly object[] } };
}
