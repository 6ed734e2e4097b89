import { createHash } from "node:crypto";
import { canonicalText } from "../games/canonical.ts";
import type { Json } from "../games/game.ts";

/**
 * What an idempotency key stands for: SHA-256 over the canonical JSON of route, round and body, so
 * that spacing and the order of fields do not matter.
 */
export function requestHash(request: { route: string; round?: string; body: Json }): Buffer {
  return createHash("sha256").update(canonicalText(request)).digest();
}
