import type { KubeObject } from "./object.ts";
/** The annotation that holds the hash of what we last wanted. */
export const DESIRED_HASH = "pitboss.dev/desired-hash";
/** The desired object with its hash annotation: what to hand to Client.apply. */
export declare function withDesiredHash<T extends KubeObject>(desired: T): T;
/** Must `desired` (with its hash) be applied again: is there no live one, another hash, or drift in any desired field? */
export declare function needsApply(desired: KubeObject, live: KubeObject | undefined): boolean;
/** The pointer of the first desired field that the live object has not, for logs; undefined if none differs. */
export declare function firstDifference(desired: unknown, live: unknown): string | undefined;
