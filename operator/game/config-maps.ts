import type { KubeObject } from "../kube/object.ts";
import { REVISION_LABEL } from "./resources/names.ts";

const revisionOf = ({ metadata }: KubeObject): string | undefined =>
  metadata.labels?.[REVISION_LABEL];

/**
 * The configurations that no ReplicaSet can start pods with any more. Whether open rounds still
 * need them is for the caller to ask: the database knows.
 */
export function unusedConfigMaps(
  configMaps: readonly KubeObject[],
  replicaSets: readonly KubeObject[],
  serving: string,
): KubeObject[] {
  const used = new Set([serving, ...replicaSets.map(revisionOf)]);
  return configMaps.filter((configMap) => {
    const revision = revisionOf(configMap);
    return revision !== undefined && !used.has(revision) && !configMap.metadata.deletionTimestamp;
  });
}
