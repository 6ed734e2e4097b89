/** Does the chain that the Game takes its entropy from give any? */
import type { Check, Found } from "./checks.ts";
import type { Finding, Observed } from "./observe.ts";

export const entropyChecks: readonly Check[] = [missing, notReady];

function missing({ entropy }: Observed): Found | undefined {
  if (entropy.state !== "missing") return undefined;
  const [namespace, name] = entropy.chain.split("/");
  const message = `there is no Chain ${name} in ${namespace}: create it, or take spec.fairness.entropy out`;
  return { reason: "ChainMissing", message };
}

function notReady({ entropy, game }: Observed): Found | undefined {
  if (entropy.state !== "notReady") return undefined;
  const [namespace, name] = entropy.chain.split("/");
  const goesOn = game.spec.fairness?.entropy?.onChainDown === "Continue";
  const meanwhile = goesOn
    ? "new seed pairs are played without entropy meanwhile, and their proofs say so"
    : "new seed pairs wait for it (onChainDown: Stop)";
  const message = `Chain ${name} is not Ready (${entropy.why}): ${meanwhile}. kubectl get chain -n ${namespace} ${name} -o wide`;
  // Where the game goes on without, it is a note.
  return { reason: "ChainNotReady", message, ...(goesOn ? { unknown: true as const } : {}) };
}

/** What is said where the chain gives entropy, or none is asked for. */
export function entropyFlows({ entropy }: Observed): Finding {
  if (entropy.state !== "ready") return { reason: "NoEntropy", message: "" };
  return { reason: "EntropyFlows", message: `draws take blocks of Chain ${entropy.chain}` };
}
