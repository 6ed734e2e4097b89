// The verifier of a jackpot's win: its commitment, and the sums around the contribution that won, in exact fractions.
import { createHash } from "node:crypto";
import { currencies } from "./currencies.ts";
import {
  add,
  compare,
  type Fraction,
  floor,
  fraction,
  min,
  mul,
  one,
  sub,
  toText,
} from "./fraction.ts";
import type { Json } from "./game.ts";
import winSchema from "./jackpot-win.schema.json" with { type: "json" };
import { validator } from "./schema.ts";
import type { Verdict } from "./verify.ts";

interface Position {
  readonly position: number;
  readonly debit: string;
  readonly contribution: string;
  readonly overflowShare: string;
  readonly hit: boolean;
  readonly pool: string;
}

interface Cycle {
  readonly number: number;
  readonly opening: string;
  readonly after: number;
  readonly commitment?: string;
  readonly terms: { readonly seed: string; readonly ceiling: string; readonly mustHitBy?: string };
}

interface WinProof {
  readonly jackpot: { readonly currency: string; readonly digits: number };
  readonly trigger: "mustHitBy" | "oneIn";
  readonly amount: string;
  readonly position: number;
  readonly cycle: Cycle;
  readonly threshold?: string;
  readonly salt?: string;
  readonly positions: readonly Position[];
  readonly next: Cycle & { readonly positions: readonly Position[] };
}

const faultsOfShape = validator(winSchema);

/** Whether a file holds the proof of a win, not of a round. */
export function isWinProof(proof: Json): boolean {
  return (
    proof !== null &&
    typeof proof === "object" &&
    !Array.isArray(proof) &&
    proof["kind"] === "jackpotWin"
  );
}

/** Whether this contribution won this amount: the threshold that was committed to, and every sum around it. */
export function verifyWin(proof: Json): Verdict {
  const shape = faultsOfShape(proof).map(({ pointer, message }) => `${pointer || "/"}: ${message}`);
  if (shape.length > 0) return { ok: false, problems: shape };
  const win = proof as unknown as WinProof;
  const problems = [
    ...thresholdProblems(win),
    ...openingProblems(win.cycle, "/cycle"),
    ...openingProblems(win.next, "/next"),
    ...sumProblems(win.cycle, win.positions, "/positions"),
    ...sumProblems(win.next, win.next.positions, "/next/positions"),
    ...winnerProblems(win),
    ...orderProblems(win),
  ];
  return { ok: problems.length === 0, problems };
}

/** "n/d" of any length: after changed terms the denominators of pools can be long. */
function exact(text: string): Fraction {
  const [n = "0", d = "1"] = text.split("/");
  return fraction(BigInt(n), BigInt(d));
}

/** The commitment is SHA-256 of the salt's 32 bytes and the threshold in decimal ASCII. */
function thresholdProblems({ cycle, threshold, salt, jackpot }: WinProof): string[] {
  const digits = currencies.get(jackpot.currency);
  const problems =
    digits === undefined || digits === jackpot.digits
      ? []
      : [`/jackpot/digits: ${jackpot.currency} has ${digits}`];
  const { mustHitBy } = cycle.terms;
  if (mustHitBy === undefined) {
    const none = cycle.commitment === undefined && threshold === undefined && salt === undefined;
    return none ? problems : [...problems, "/cycle/terms/mustHitBy: without it is no threshold"];
  }
  if (threshold === undefined || salt === undefined || cycle.commitment === undefined) {
    return [...problems, "/threshold: it belongs here with its salt and its commitment"];
  }
  const hash = createHash("sha256").update(Buffer.from(salt, "hex")).update(threshold, "ascii");
  const committed = hash.digest("hex");
  if (committed !== cycle.commitment) {
    problems.push(`/threshold: it is not the committed one, with its salt it gives ${committed}`);
  }
  const [value, most] = [BigInt(threshold), BigInt(mustHitBy)];
  if (value > most || value <= floor(exact(cycle.opening))) {
    problems.push("/threshold: it lies not above the opening pool and at most at mustHitBy");
  }
  return problems;
}

function openingProblems({ opening, terms }: Cycle, at: string): string[] {
  const pool = exact(opening);
  const most = terms.mustHitBy === undefined ? BigInt(terms.ceiling) : BigInt(terms.mustHitBy) - 1n;
  const fits =
    compare(pool, fraction(BigInt(terms.seed))) >= 0 && compare(pool, fraction(most)) <= 0;
  return fits ? [] : [`${at}/opening: it is below the seed, or more than a new pool may hold`];
}

/** Each pool is the one before with the contribution's part in it, or the ceiling. */
function sumProblems({ opening, after, terms }: Cycle, list: readonly Position[], at: string) {
  const ceiling = fraction(BigInt(terms.ceiling));
  const problems: string[] = [];
  let before: Fraction | undefined;
  for (const [i, entry] of list.entries()) {
    const expected = i === 0 ? list[0]?.position : (list[i - 1]?.position ?? 0) + 1;
    if (entry.position !== expected || entry.position <= after) {
      problems.push(`${at}/${i}/position: it does not follow the one before it`);
    }
    if (entry.position === after + 1) before = exact(opening);
    const share = sub(one, exact(entry.overflowShare));
    const part = mul(mul(fraction(BigInt(entry.debit)), exact(entry.contribution)), share);
    const pool = exact(entry.pool);
    const sum = before && min(ceiling, add(before, part));
    if (sum && compare(sum, pool) !== 0)
      problems.push(`${at}/${i}/pool: the sum is ${toText(sum)}`);
    before = pool;
  }
  return problems;
}

/** Nobody before reached the threshold or hit, this one did, and was paid the pool rounded up. */
function winnerProblems({ positions, position, trigger, threshold, amount }: WinProof): string[] {
  const winner = positions.at(-1);
  if (winner?.position !== position) return ["/position: the positions do not end with it"];
  const wins = (entry: Position) =>
    entry.hit ||
    (threshold !== undefined && compare(exact(entry.pool), fraction(BigInt(threshold))) >= 0);
  const problems = positions
    .slice(0, -1)
    .flatMap((entry, i) => (wins(entry) ? [`/positions/${i}: it won before`] : []));
  if (!wins(winner) || (trigger === "oneIn") !== winner.hit) {
    problems.push("/position: the contribution there did not win like this");
  }
  const pool = exact(winner.pool);
  const due = floor(add(pool, fraction(pool.d - 1n, pool.d)));
  if (BigInt(amount) !== due) problems.push(`/amount: the pool rounded up is ${due}`);
  return problems;
}

function orderProblems({ cycle, next, position }: WinProof): string[] {
  const follows = next.number === cycle.number + 1 && next.after === position;
  const first = next.positions[0]?.position ?? position + 1;
  return follows && first === position + 1 ? [] : ["/next: it does not follow this win"];
}
