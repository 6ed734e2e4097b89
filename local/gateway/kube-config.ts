import { KubeConfig } from "@kubernetes/client-node";
import type { ApiAccess } from "../api-access.ts";

/** What the operator's client needs to know of an API server. */
export function kubeConfig({ url, caFile, token }: ApiAccess): KubeConfig {
  const config = new KubeConfig();
  const name = "local";
  const cluster = { name, server: url, caFile, skipTLSVerify: false };
  config.loadFromClusterAndUser(cluster, { name, token });
  return config;
}
