import { globSync } from "node:fs";
import { join } from "node:path";
import { goModule } from "./ways.ts";

/** Where the definitions of the kinds lie that we use and others own, each of the version that we install. */
const modules = [
  {
    module: "github.com/prometheus-operator/prometheus-operator",
    version: "v0.93.1",
    folder: "example/prometheus-operator-crd",
  },
  {
    module: "github.com/envoyproxy/gateway",
    version: "v1.9.1",
    folder: "charts/gateway-helm/charts/crds/crds",
  },
  {
    module: "github.com/external-secrets/external-secrets",
    version: "v1.3.2",
    folder: "config/crds/bases",
  },
  { module: "github.com/argoproj/argo-cd/v3", version: "v3.5.0", folder: "manifests/crds" },
];

/** Files that have to be applied before our own objects are of known kinds to an API server. */
export async function foreignDefinitions(): Promise<string[]> {
  const files: string[] = [];
  for (const { module, version, folder } of modules) {
    const path = join(await goModule(module, version), folder, "**", "*.yaml");
    files.push(...globSync(path).filter((file) => !file.endsWith("/kustomization.yaml")));
  }
  return files;
}
