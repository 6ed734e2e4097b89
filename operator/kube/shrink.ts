import type { Kind, KubeObject } from "./object.ts";

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/**
 * What a cache keeps of an object: without managedFields and last-applied, which are two thirds of
 * it; with `metadataOnly` nothing but its metadata.
 */
export function shrink<T extends KubeObject>(object: T, kind: Kind, metadataOnly: boolean): T {
  const { managedFields: _fields, annotations, ...metadata } = object.metadata;
  const kept: KubeObject["metadata"] = metadata;
  if (annotations) {
    const { [LAST_APPLIED]: _applied, ...others } = annotations;
    kept.annotations = others;
  }
  // A metadata-only answer calls itself PartialObjectMetadata.
  const { apiVersion, kind: name } = kind;
  const identity = { apiVersion, kind: name, metadata: kept };
  return metadataOnly ? (identity as T) : { ...object, ...identity };
}
