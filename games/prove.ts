// The Gate: whether a configuration, at every allowed stake, returns what its Game promises.
import { computeReturns, type Figures, figuresOf, highest, type Returns } from "./figures.ts";
import { compare, type Fraction, one, parseFraction, toDecimal, zero } from "./fraction.ts";
import type { Json, Problem, StakeTerms } from "./game.ts";
import { engines } from "./index.ts";
import { formatAmount } from "./money.ts";
import { type Compiled, compile } from "./play.ts";
import { percent, type WorstStake } from "./worst-stake.ts";

export type { Figures } from "./figures.ts";
export { Prover, type ProverLimits, type TooLarge } from "./prover.ts";

export interface ProofRequest {
  engine: string;
  config: Json;
  stakes: StakeTerms[];
  /** Decimals or a/b; `max` is "1" and `sideMin` is "0" where absent. */
  returnToPlayer: { min: string; max?: string; sideMin?: string };
}

/** Why a configuration is refused. */
export type ProofProblem =
  | "UnknownEngine"
  | "ConfigInvalid"
  | "StakesInvalid"
  | "ReturnToPlayerInvalid"
  | "ReturnTooLow"
  | "ReturnTooHigh";

/** Pointers lead into a Game's spec: "/config/multiplier". */
export type Verdict =
  | { ok: true }
  | { ok: false; problem: ProofProblem; message: string; problems: Problem[] };

export interface Proof {
  verdict: Verdict;
  /** Null where the configuration cannot be played at all; present whatever the Gate says of the return. */
  figures: Figures | null;
  revision: string | null;
  /** The configuration with its defaults. */
  config: Json;
}

interface Gate {
  min: Fraction;
  max: Fraction;
  sideMin: Fraction;
}

/** The named engine with this configuration; pointers of problems lead into a Game's spec. */
export function compileNamed(
  name: string,
  config: Json,
): { compiled: Compiled } | { problem: ProofProblem; problems: Problem[] } {
  const engine = engines.get(name);
  if (!engine) {
    const message = `there is no engine "${name}"; use one of ${[...engines.keys()].join(", ")}`;
    return { problem: "UnknownEngine", problems: [{ pointer: "/engine", message }] };
  }
  const compiled = compile(engine, config);
  if ("problems" in compiled) {
    return { problem: "ConfigInvalid", problems: under("/config", compiled.problems) };
  }
  return { compiled };
}

/** Proves one configuration with its stakes against the promised return. */
export function prove(request: ProofRequest): Proof {
  const unplayable = (problem: ProofProblem, problems: Problem[]): Proof => {
    const verdict = refusal(problem, problems);
    return { verdict, figures: null, revision: null, config: request.config };
  };
  const read = compileNamed(request.engine, request.config);
  if ("problem" in read) return unplayable(read.problem, read.problems);
  const { compiled } = read;
  const stakes = request.stakes.flatMap((terms, i) =>
    under(`/stakes/${i}`, compiled.engine.checkStakes?.(compiled.prepared, terms) ?? []),
  );
  if (stakes.length > 0) return unplayable("StakesInvalid", stakes);
  const returns = computeReturns(compiled, request.stakes);
  return {
    verdict: judge(returns, request.returnToPlayer),
    figures: figuresOf(compiled, returns),
    revision: compiled.revision,
    config: compiled.config,
  };
}

function under(pointer: string, problems: Problem[]): Problem[] {
  return problems.map((problem) => ({ ...problem, pointer: `${pointer}${problem.pointer}` }));
}

function refusal(problem: ProofProblem, problems: Problem[]): Verdict {
  const message = problems.map((it) => `spec${it.pointer.replaceAll("/", ".")}: ${it.message}`);
  return { ok: false, problem, message: message.join("; "), problems };
}

function judge(returns: Returns, promised: ProofRequest["returnToPlayer"]): Verdict {
  const read = readGate(promised);
  if ("problems" in read) return refusal("ReturnToPlayerInvalid", read.problems);
  const { gate } = read;
  return (
    tooLow(returns, gate.min, "main") ??
    tooLow(returns, gate.sideMin, "side") ??
    tooHigh(returns, gate.max) ?? { ok: true }
  );
}

function readGate(
  promised: ProofRequest["returnToPlayer"],
): { gate: Gate } | { problems: Problem[] } {
  const problems: Problem[] = [];
  const read = (name: keyof Gate, fallback: Fraction): Fraction => {
    const text = promised[name];
    if (text === undefined) return fallback;
    try {
      return parseFraction(text);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      problems.push({
        pointer: `/returnToPlayer/${name}`,
        message: `${error.message}, such as 0.95`,
      });
      return fallback;
    }
  };
  const gate = { min: read("min", zero), max: read("max", one), sideMin: read("sideMin", zero) };
  if (problems.length === 0 && compare(gate.min, gate.max) > 0) {
    const message = "is above max: no return could satisfy both, lower min or raise max";
    problems.push({ pointer: "/returnToPlayer/min", message });
  }
  return problems.length > 0 ? { problems } : { gate };
}

/** ", bet {…}" unless the game knows only one. */
function betText(bet: Json): string {
  const text = JSON.stringify(bet);
  return text === "{}" ? "" : `, bet ${text}`;
}

function limitText(limit: Fraction): string {
  return `${toDecimal({ n: limit.n * 100n, d: limit.d }, 4)}%`;
}

function tooLow(returns: Returns, limit: Fraction, which: "main" | "side"): Verdict | undefined {
  let lowest: { found: WorstStake; terms: StakeTerms } | undefined;
  for (const { terms, [which]: found } of returns.worst) {
    if (!found || compare(found.rtp, limit) >= 0) continue;
    if (!lowest || compare(found.rtp, lowest.found.rtp) < 0) lowest = { found, terms };
  }
  if (!lowest) return undefined;
  const { found, terms } = lowest;
  const [subject, field] =
    which === "main" ? ["the configuration", "min"] : ["a side bet", "sideMin"];
  const stake = `stake ${formatAmount(found.stake, terms.digits)} ${terms.currency}`;
  const exactEnough = compare(found.entry.rtp, limit) >= 0;
  const cure = exactEnough
    ? `Before rounding down to the minor unit it is ${percent(found.entry.rtp, "down")}: choose a stake min and step that the multipliers divide evenly, raise them, or lower ${field}.`
    : `Raise pays or lower ${field}.`;
  const message = `${subject} returns ${percent(found.rtp, "down")} (${stake}${betText(found.entry.bet)}), below returnToPlayer.${field} ${limitText(limit)}. ${cure}`;
  const pointer = `/returnToPlayer/${field}`;
  return { ok: false, problem: "ReturnTooLow", message, problems: [{ pointer, message }] };
}

function tooHigh(returns: Returns, limit: Fraction): Verdict | undefined {
  const most = highest([...returns.main, ...returns.side]);
  if (!most || compare(most.rtp, limit) <= 0) return undefined;
  const bet = betText(most.bet).replace(/^, /, "");
  const message = `the configuration returns ${percent(most.rtp, "up")}${bet === "" ? "" : ` (${bet})`}, above returnToPlayer.max ${limitText(limit)}. Lower pays or raise max.`;
  const pointer = "/returnToPlayer/max";
  return { ok: false, problem: "ReturnTooHigh", message, problems: [{ pointer, message }] };
}
