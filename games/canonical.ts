import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import type { Json } from "./game.ts";

/** RFC 8785: the one text of a JSON value that is hashed. */
export function canonicalText(value: Json): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError("this value has no JSON text");
  return text;
}

function digestOf(value: Json): string {
  return createHash("sha256").update(canonicalText(value), "utf8").digest("hex");
}

/** The hash of the rules and the configuration with its defaults, which every round records. */
export function revisionOf(engine: string, engineVersion: string, config: Json): string {
  return digestOf({ engine, engineVersion, config }).slice(0, 16);
}

/** The digest of a proof, over all of its fields but `digest` itself. */
export function proofDigest(proof: { [field: string]: Json }): string {
  const { digest: _, ...rest } = proof;
  return digestOf(rest);
}
