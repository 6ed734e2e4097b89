import type { KubeObject, OwnerReference } from "./object.ts";

/**
 * The controller reference of a child. It does not block the owner's deletion: a foreground
 * deletion would otherwise wait for children that the owner's own finalizer still needs.
 */
export function ownerReference(owner: KubeObject): OwnerReference {
  const { name, uid } = owner.metadata;
  if (!uid) throw new TypeError(`${owner.kind} ${name} has no UID yet, so it can own nothing`);
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name,
    uid,
    controller: true,
    blockOwnerDeletion: false,
  };
}

/** The reference to the object's controller, if it has one. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find(({ controller }) => controller === true);
}

/** Is the object controlled by this very owner (its UID, not only its name)? */
export function isControlledBy(object: KubeObject, owner: KubeObject): boolean {
  return owner.metadata.uid !== undefined && controllerOf(object)?.uid === owner.metadata.uid;
}

/** The key of the owner of that kind, for an informer that enqueues owners. */
export function ownerKey(
  object: KubeObject,
  kind: { apiVersion: string; kind: string },
): string | undefined {
  const owner = controllerOf(object);
  if (owner?.kind !== kind.kind || group(owner.apiVersion) !== group(kind.apiVersion)) return;
  const { namespace } = object.metadata;
  return namespace ? `${namespace}/${owner.name}` : owner.name;
}

// The version may change under an owner; its group may not.
function group(apiVersion: string): string {
  return apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
}
