import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import { firstDifference } from "./differs.ts";
import type { KubeObject } from "./object.ts";

/** The annotation that holds the hash of what we last wanted. */
export const DESIRED_HASH = "pitboss.dev/desired-hash";

/**
 * The desired object with its hash as an annotation: what to hand to Client.apply. The hash is
 * what tells that a field is no longer wanted, which a look at the live object cannot.
 */
export function withDesiredHash<T extends KubeObject>(desired: T): T {
  const annotations = { ...desired.metadata.annotations, [DESIRED_HASH]: desiredHash(desired) };
  return { ...desired, metadata: { ...desired.metadata, annotations } };
}

/** The hash of all that is desired, but for the hash itself and which object and version it is for. */
export function desiredHash(desired: KubeObject): string {
  const { uid: _uid, resourceVersion: _version, annotations, ...metadata } = desired.metadata;
  const { [DESIRED_HASH]: _hash, ...others } = annotations ?? {};
  const bare = { ...desired, metadata: { ...metadata, annotations: others } };
  // Through JSON, so that fields that are undefined do not count.
  const text = canonicalize(JSON.parse(JSON.stringify(bare))) ?? "";
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

/**
 * Must `desired` (with its hash) be applied: is there no live object, one of another hash, or one
 * that somebody changed in a desired field? With `metadataOnly` the live one is known by its
 * metadata alone.
 */
export function needsApply(
  desired: KubeObject,
  live: KubeObject | undefined,
  { metadataOnly = false } = {},
): boolean {
  return live === undefined || whatDiffers(desired, live, { metadataOnly }) !== undefined;
}

/** The pointer of the first field in which the live object is not as desired, for logs and events. */
export function whatDiffers(
  desired: KubeObject,
  live: KubeObject,
  { metadataOnly = false } = {},
): string | undefined {
  const { uid: _uid, resourceVersion: _version, ...metadata } = desired.metadata;
  return metadataOnly
    ? firstDifference({ metadata }, live)
    : firstDifference({ ...desired, metadata }, live);
}
