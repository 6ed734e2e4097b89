// Everything that docs/fairness.md speaks of, in one place.
export { canonicalText, proofDigest, revisionOf } from "./canonical.ts";
export type { Draws } from "./draws.ts";
export { type Seeds, serverSeedHash, stream } from "./seed-stream.ts";
export { type Verdict, verify } from "./verify.ts";
