import type { PlatformReason } from "./reasons.ts";

/** Why a step did not succeed, in the words of a condition; each kind adds reasons of its own. */
export interface Finding<Reason extends string = PlatformReason> {
  readonly reason: Reason;
  readonly message: string;
}

/** What a check found wrong; `unknown` where it cannot be told yet. */
export type Found<Reason extends string> = Finding<Reason> & { readonly unknown?: true };

/** What a condition says that cannot be told before another one is True. */
export const blockedBy = (condition: string) =>
  ({
    reason: "Blocked",
    message: `waits for ${condition}; see its message`,
    unknown: true,
  }) as const;
