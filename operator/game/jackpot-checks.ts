/** Do the Game's rounds feed every Jackpot that it names? */
import { otherCurrency } from "../../crds/jackpot-links.ts";
import { blockedBy } from "../platform/finding.ts";
import type { Check, Found } from "./checks.ts";
import type { Finding, Observed } from "./observe.ts";

/** In the order in which a person should see to them. */
export const jackpotChecks: readonly Check[] = [notReached, missing, currency, deleting, notReady];

function notReached({ serving, database, jackpots }: Observed): Found | undefined {
  if (jackpots.length === 0 || (serving && database && !("failed" in database))) return undefined;
  return blockedBy(database ? "DatabaseReady" : "MathVerified");
}

function missing({ jackpots, game }: Observed): Found | undefined {
  const one = jackpots.find(({ state }) => state === "missing");
  if (!one) return undefined;
  const message = `there is no Jackpot ${one.name} in ${game.metadata.namespace}: create it, or take it out of spec.jackpots. The game serves without it`;
  return { reason: "JackpotMissing", message };
}

function currency({ jackpots }: Observed): Found | undefined {
  const one = jackpots.find((it) => it.state === "currency");
  if (!one || !("currency" in one)) return undefined;
  return { reason: "JackpotCurrency", message: otherCurrency(one.name, one.currency) };
}

function deleting({ jackpots }: Observed): Found | undefined {
  const one = jackpots.find(({ state }) => state === "deleting");
  if (!one) return undefined;
  const message = `Jackpot ${one.name} is to be deleted, and waits for this Game: take it out of spec.jackpots. Rounds feed it till then`;
  return { reason: "JackpotDeleting", message };
}

function notReady({ jackpots, game }: Observed): Found | undefined {
  const one = jackpots.find(({ state }) => state === "notReady");
  if (!one) return undefined;
  const message = `waits for Jackpot ${one.name}: kubectl get jackpot -n ${game.metadata.namespace} ${one.name} -o wide says why it is not Ready`;
  return { reason: "JackpotNotReady", message };
}

/** What is said where each of them is fed. */
export function allBound({ jackpots }: Observed): Finding {
  if (jackpots.length === 0) return { reason: "NoJackpots", message: "" };
  return { reason: "Bound", message: `rounds feed ${jackpots.map(({ name }) => name).join(", ")}` };
}
