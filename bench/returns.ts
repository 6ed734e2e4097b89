import { print, rounded } from "./figure.ts";
import { onOneCore } from "./on-one-core.ts";
import { returnsCases } from "./returns-cases.ts";
import type { Took } from "./returns-once.ts";

/** How long the exact returns of a configuration take, each in a fresh process on one core. */
export async function returns(): Promise<void> {
  for (const [i, { of, goalSeconds }] of returnsCases().entries()) {
    const { seconds, cpuSeconds, bets } = await onOneCore<Took>("returns-once.ts", i);
    print({
      bench: "returns",
      figure: rounded(seconds, 4),
      unit: "s on one core",
      reference: goalSeconds,
      referenceIs: "the goal",
      of,
      cpuSeconds: rounded(cpuSeconds, 4),
      bets,
    });
  }
}
