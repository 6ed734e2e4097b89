import type { KubeObject, ObjectMeta } from "../kube/object.ts";
import { ownerReference } from "../kube/owner.ts";

/** An object as a builder states it: the fields that Pitboss owns and no others. */
export type Child = KubeObject & { readonly [field: string]: unknown };

/** On everything that Pitboss makes; informers select by it. */
export const OURS = {
  "app.kubernetes.io/managed-by": "pitboss",
  "app.kubernetes.io/part-of": "pitboss",
} as const;

interface More {
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
}

/** The metadata of a child: the owner's namespace, the labels of its kind and a controller reference. */
export function ownedMeta(
  owner: KubeObject,
  labels: Record<string, string>,
  name: string,
  more: More = {},
): ObjectMeta {
  return {
    name,
    ...(owner.metadata.namespace ? { namespace: owner.metadata.namespace } : {}),
    labels: { ...more.labels, ...labels },
    ...(more.annotations ? { annotations: more.annotations } : {}),
    ownerReferences: [ownerReference(owner)],
  };
}
