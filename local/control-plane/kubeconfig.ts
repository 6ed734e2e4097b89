import { writeFileSync } from "node:fs";
import { stringify } from "yaml";

export interface KubeconfigOptions {
  readonly url: string;
  readonly caFile: string;
  readonly user: string;
  readonly token: string;
  readonly namespace?: string | undefined;
}

/** Writes a kubeconfig that only its owner can read, for kubectl and for the components. */
export function writeKubeconfig(file: string, options: KubeconfigOptions): string {
  const { url, caFile, user, token, namespace } = options;
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "pitboss", cluster: { server: url, "certificate-authority": caFile } }],
    users: [{ name: user, user: { token } }],
    contexts: [
      {
        name: "pitboss",
        context: { cluster: "pitboss", user, ...(namespace === undefined ? {} : { namespace }) },
      },
    ],
    "current-context": "pitboss",
  };
  writeFileSync(file, stringify(config), { mode: 0o600 });
  return file;
}
