/** The first step: is what the spec says playable, and does it return what it promises? */
import type { Game, ProvenReturn } from "../../crds/generated/game.ts";
import { type Fraction, fraction, toDecimal } from "../../games/fraction.ts";
import type { Problem, StakeTerms } from "../../games/game.ts";
import type { Figures, ProofProblem, ProofRequest, Prover, TooLarge } from "../../games/prove.ts";
import { stakeTerms } from "../../games/stakes.ts";
import type { CatalogueStakes } from "../database/types.ts";
import type { Finding, Serving } from "./observe.ts";
import type { Reason } from "./reasons.ts";

/** What was proven together: a configuration, and the stakes that it may be played at. */
export interface Candidate extends Serving {
  readonly stakes: readonly StakeTerms[];
  readonly figures: Figures;
}

export type Judgement = { readonly candidate: Candidate } | { readonly refused: Finding };

type Proves = Pick<Prover, "prove">;

/** Proves the Game's configuration at its stakes. Never throws for what a Game says. */
export async function judge(prover: Proves, { spec }: Game): Promise<Judgement> {
  const stakes = stakeTerms(spec.stakes);
  if ("problems" in stakes) return refused("StakesInvalid", textOf(stakes.problems));
  const request: ProofRequest = {
    engine: spec.engine,
    config: spec.config,
    stakes: stakes.terms,
    returnToPlayer: spec.returnToPlayer,
  };
  const proof = await prover.prove(request);
  if ("problem" in proof) return refused(REASONS[proof.problem], proof.message);
  const { verdict, figures, config } = proof;
  if (!verdict.ok) return refused(REASONS[verdict.problem], verdict.message);
  if (!figures) throw new Error(`the proof of ${spec.engine} has no figures`);
  const { engine, version, revision } = figures;
  return {
    candidate: {
      engine,
      engineVersion: version,
      config,
      revision,
      returns: provenReturn(figures.rtp.min),
      stakes: stakes.terms,
      figures,
    },
  };
}

const REASONS: Record<ProofProblem | TooLarge["problem"], Reason> = {
  UnknownEngine: "EngineUnknown",
  ConfigInvalid: "ConfigInvalid",
  StakesInvalid: "StakesInvalid",
  ReturnToPlayerInvalid: "GateInvalid",
  ReturnTooLow: "ReturnTooLow",
  ReturnTooHigh: "ReturnTooHigh",
  ProofTooLarge: "ProofTooLarge",
};

const refused = (reason: Reason, message: string): Judgement => ({ refused: { reason, message } });

// As `kubectl explain` writes a field, not as a JSON pointer.
function textOf(problems: readonly Problem[]): string {
  return problems
    .map(({ pointer, message }) => `${pointer.slice(1).replaceAll("/", ".")}: ${message}`)
    .join("; ");
}

/** A return in the three ways in which a status shows it, from its text in lowest terms. */
export function provenReturn(exact: string): ProvenReturn {
  const [n = "0", d = "1"] = exact.split("/");
  const value = fraction(BigInt(n), BigInt(d));
  return {
    exact: exact.length <= LONGEST_EXACT ? exact : toDecimal(value, 40),
    decimal: toDecimal(value, 12),
    percent: percentOf(value),
  };
}

/** As the CRD bounds status.returnToPlayer.exact. */
const LONGEST_EXACT = 65_536;
/** A fraction that a person still reads. */
const READABLE = 80;

/** "98.00%": two decimals always, rounded down, so that nothing is promised that is not proven. */
export function percentOf({ n, d }: Fraction): string {
  const hundredths = String((n * 10_000n) / d).padStart(3, "0");
  return `${hundredths.slice(0, -2)}.${hundredths.slice(-2)}%`;
}

/** What MathVerified says of a candidate. */
export function provenMessage({ returns, figures }: Candidate): string {
  const worst = Object.entries(figures.worstStake).map(
    ([currency, { stake }]) => `${stake} ${currency}`,
  );
  const exact = returns.exact.length <= READABLE ? ` (${returns.exact})` : "";
  return `returns ${returns.percent}${exact} or more; proven at every stake, the worst being ${worst.join(", ")}`;
}

/** The candidate's stakes as the catalogue keeps them. */
export const storedStakes = (stakes: readonly StakeTerms[]): CatalogueStakes[] =>
  stakes.map(({ currency, digits, min, max, step, maxPayout }) => ({
    currency,
    digits,
    min: String(min),
    max: String(max),
    step: String(step),
    maxPayout: String(maxPayout),
  }));
