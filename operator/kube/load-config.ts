import { KubeConfig } from "@kubernetes/client-node";

/** Where settings say that the API is; all unset means the usual places. */
export interface ConfigSource {
  tokenFile?: string | undefined;
  caFile?: string | undefined;
  host?: string | undefined;
  port?: string | undefined;
}

/**
 * Where the API server is and how to sign in: the given host with its token and CA files, or
 * KUBECONFIG, ~/.kube/config or the Pod's own service account, the first that is there.
 */
export function loadConfig({ tokenFile, caFile, host, port }: ConfigSource): KubeConfig {
  const config = new KubeConfig();
  if (!tokenFile) {
    config.loadFromDefault();
    return config;
  }
  if (!host || !port) {
    throw new Error(
      "a token file is set, but not the API server: set KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT",
    );
  }
  const name = "pitboss";
  config.loadFromClusterAndUser(
    {
      name,
      server: `https://${host.includes(":") ? `[${host}]` : host}:${port}`,
      skipTLSVerify: false,
      ...(caFile ? { caFile } : {}),
    },
    { name, authProvider: { name: "tokenFile", config: { tokenFile } } },
  );
  return config;
}

/** A kubeconfig given as text. */
export function parseConfig(text: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromString(text);
  return config;
}
