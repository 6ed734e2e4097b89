import type { Pod } from "./kinds.ts";

/** A field of the pod as the downward API names it; undefined where it is none of those. */
export function fieldOf(pod: Pod, path: string, podIP: string): string | undefined {
  const { metadata, spec } = pod;
  const plain: Record<string, string | undefined> = {
    "metadata.name": metadata.name,
    "metadata.namespace": metadata.namespace,
    "metadata.uid": metadata.uid,
    "spec.nodeName": spec.nodeName ?? "",
    "spec.serviceAccountName": spec.serviceAccountName ?? "default",
    "status.podIP": podIP,
    "status.hostIP": "127.0.0.1",
  };
  const keyed = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (keyed) return metadata[keyed[1] as "labels" | "annotations"]?.[keyed[2] ?? ""] ?? "";
  return plain[path];
}
