// The verifier: replays a round offline, from its proof alone, and says every way in which it disagrees.
import { canonicalText, proofDigest } from "./canonical.ts";
import { currencies } from "./currencies.ts";
import { fraction, mul } from "./fraction.ts";
import { IllegalAction, type Json } from "./game.ts";
import { findEngine } from "./index.ts";
import { drawHits, type JackpotProof } from "./jackpot-draws.ts";
import { formatAmount, moneyOf, parseAmount } from "./money.ts";
import {
  type Compiled,
  compile,
  debitsOf,
  finish,
  payout,
  type RecordedAction,
  replay,
} from "./play.ts";
import proofSchema from "./proof.schema.json" with { type: "json" };
import { validator } from "./schema.ts";
import { type Seeds, serverSeedHash, stream } from "./seed-stream.ts";

export interface Verdict {
  ok: boolean;
  problems: string[];
}

interface RoundProof {
  engine: string;
  engineVersion: string;
  revision: string;
  config: Json;
  serverSeed: string;
  serverSeedHash: string;
  clientSeed: string;
  nonce: number;
  entropy?: string;
  chain?: Json;
  bet: Json;
  stake: string;
  totalStake: string;
  currency: string;
  digits: number;
  actions: RecordedAction[];
  outcome: Json;
  payout: string;
  jackpots: JackpotProof[];
  digest: string;
}

const faultsOfShape = validator(proofSchema);

/** Whether this is the round that was played: seeds, revision, actions, outcome, money and digest. */
export function verify(proof: Json): Verdict {
  const shape = faultsOfShape(proof).map(({ pointer, message }) => `${pointer || "/"}: ${message}`);
  if (shape.length > 0) return { ok: false, problems: shape };
  const round = proof as unknown as RoundProof;
  const problems = [
    ...sealProblems(proof as { [field: string]: Json }, round),
    ...roundProblems(round),
    ...round.jackpots.flatMap((jackpot, i) => jackpotProblems(round, jackpot, `/jackpots/${i}`)),
  ];
  return { ok: problems.length === 0, problems };
}

function seedsOf(round: RoundProof): Seeds {
  const { clientSeed, nonce, entropy } = round;
  const serverSeed = Buffer.from(round.serverSeed, "hex");
  return { serverSeed, clientSeed, nonce, ...(entropy === undefined ? {} : { entropy }) };
}

/** What the hashes say, without the rules. */
function sealProblems(proof: { [field: string]: Json }, round: RoundProof): string[] {
  const problems: string[] = [];
  const digest = proofDigest(proof);
  if (round.digest !== digest) {
    problems.push(`/digest: a field was changed after settlement; its fields give ${digest}`);
  }
  const hash = serverSeedHash(Buffer.from(round.serverSeed, "hex"));
  if (round.serverSeedHash !== hash) {
    problems.push(`/serverSeed: it is not the committed seed, its SHA-256 is ${hash}`);
  }
  if ((round.entropy === undefined) !== (round.chain === undefined)) {
    problems.push("/entropy: entropy and the chain that it comes from belong together");
  }
  const digits = currencies.get(round.currency);
  if (digits !== undefined && digits !== round.digits) {
    problems.push(`/digits: ${round.currency} has ${digits}`);
  }
  return problems;
}

/** What the rules say. */
function roundProblems(round: RoundProof): string[] {
  const engine = findEngine(round.engine, round.engineVersion);
  if (!engine) return [`/engine: ${round.engine} ${round.engineVersion} is not known here`];
  const compiled = compile(engine, round.config);
  if ("problems" in compiled) {
    return compiled.problems.map(({ pointer, message }) => `/config${pointer}: ${message}`);
  }
  const problems: string[] = [];
  if (canonicalText(compiled.config) !== canonicalText(round.config)) {
    problems.push("/config: its defaults are not filled in");
  }
  if (compiled.revision !== round.revision) {
    problems.push(`/revision: engine and configuration give ${compiled.revision}`);
  }
  const stake = parseAmount(round.stake, round.digits);
  if (stake === undefined || stake === 0n) return [...problems, "/stake: it is no amount above 0"];
  const { digits } = round;
  const bet = compiled.checkBet(round.bet, { amount: stake, step: 1n, digits });
  if (bet.length > 0) {
    return [...problems, ...bet.map(({ pointer, message }) => `/bet${pointer}: ${message}`)];
  }
  const shapes = shapeProblems(compiled, round);
  if (shapes.length > 0) return [...problems, ...shapes];
  return [...problems, ...orderProblems(round), ...replayProblems(compiled, round, stake)];
}

/** Actions that the engine could not even read. */
function shapeProblems(compiled: Compiled, round: RoundProof): string[] {
  return round.actions.flatMap(({ version: _, by: __, at: ___, ...action }, i) =>
    compiled
      .checkAction(action as Json)
      .map(({ pointer, message }) => `/actions/${i}${pointer}: ${message}`),
  );
}

/** A round begins with version 1, and each action makes the next one. */
function orderProblems(round: RoundProof): string[] {
  return round.actions.flatMap(({ version, by }, i) => {
    const before = round.actions[i - 1];
    const problems: string[] = [];
    if (version !== i + 1) {
      problems.push(`/actions/${i}/version: it is ${version}, and ${i + 1} in a whole round`);
    }
    if (before?.by === "default" && by === "player") {
      problems.push(`/actions/${i}/by: a player cannot act after the round was abandoned`);
    }
    return problems;
  });
}

function replayProblems(compiled: Compiled, round: RoundProof, stake: bigint): string[] {
  try {
    const draws = stream(seedsOf(round));
    // Only rounds that run by the clock end without an action.
    const play = compiled.engine.clock ? finish : replay;
    const result = play(compiled, round.bet, round.actions, draws);
    if (!result.over) return ["/actions: the round is not over after them"];
    const problems: string[] = [];
    const expect = (field: string, is: string, replayed: string) => {
      if (is !== replayed)
        problems.push(`/${field}: the seeds and actions give ${replayed}, not ${is}`);
    };
    const outcome = result.outcome(moneyOf(stake, round.digits));
    const total = mul(fraction(stake), result.tally.staked);
    expect("outcome", canonicalText(round.outcome), canonicalText(outcome));
    expect("payout", round.payout, formatAmount(payout(stake, result.tally), round.digits));
    expect("totalStake", round.totalStake, formatAmount(total.n / total.d, round.digits));
    const debits = debitsOf(stake, result.staked).map((debit) => formatAmount(debit, round.digits));
    for (const [i, jackpot] of round.jackpots.entries()) {
      expect(`jackpots/${i}/debits`, jackpot.debits.join(", "), debits.join(", "));
    }
    return problems;
  } catch (error) {
    if (!(error instanceof IllegalAction)) throw error;
    return [`/actions: one is not legal: ${error.message} (${error.pointer})`];
  }
}

/** A jackpot's own stream: every debit of the round draws along it, in order. */
function jackpotProblems(round: RoundProof, jackpot: JackpotProof, at: string): string[] {
  const { debits, hits } = jackpot;
  const per = parseAmount(jackpot.per, round.digits) ?? 0n;
  const oneIn = /^[1-9][0-9]{0,17}$/.test(jackpot.oneIn) ? BigInt(jackpot.oneIn) : 0n;
  if (per === 0n) return [`${at}/per: it is no amount above 0`];
  if (oneIn === 0n) return [`${at}/oneIn: it is no whole number above 0`];
  if (debits.length !== hits.length) return [`${at}/hits: one for each debit`];
  const amounts = debits.map((debit) => parseAmount(debit, round.digits) ?? 0n);
  const bad = amounts.indexOf(0n);
  if (bad >= 0) return [`${at}/debits/${bad}: it is no amount above 0`];
  const drawn = drawHits(seedsOf(round), jackpot, { per, oneIn }, amounts);
  return drawn.flatMap((hit, i) =>
    hit === hits[i] ? [] : [`${at}/hits/${i}: the seeds give ${hit}`],
  );
}
