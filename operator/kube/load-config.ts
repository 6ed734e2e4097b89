import type { KubeConfig } from "@kubernetes/client-node";
export interface ConfigSource {
  /** Both from settings; unset: KUBECONFIG, ~/.kube/config or the pod's own token. */
  tokenFile?: string | undefined;
  caFile?: string | undefined;
  host?: string | undefined;
  port?: string | undefined;
}
/** Where the API server is and how to sign in. */
export declare function loadConfig(source: ConfigSource): KubeConfig;
/** A kubeconfig given as text (tests). */
export declare function parseConfig(text: string): KubeConfig;
