import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { describe, it } from "mocha";
import vectors from "../docs/fairness-vectors.json" with { type: "json" };
import { type Part, referenceHands, referencePayout } from "./baccarat/reference.ts";
import { referenceBlackjack, type Switches } from "./blackjack/reference.ts";
import { proofDigest, revisionOf, serverSeedHash, stream, verify } from "./fairness.ts";
import { toText } from "./fraction.ts";
import type { Json } from "./game.ts";
import { referenceHiLo } from "./hi-lo/reference.ts";
import { engines } from "./index.ts";
import { moneyOf } from "./money.ts";
import { compile, finish, type RecordedAction, replay } from "./play.ts";
import { halvesPaid, type ReferencePart } from "./roulette/reference.ts";
import { referenceRound } from "./slots/reference.ts";
import type { Sheet } from "./slots/sheet.ts";
import { referenceClass, referenceDraw } from "./video-poker/reference.ts";

const key = Buffer.from(vectors.serverSeed, "hex");

/** docs/fairness.md by itself: nothing here comes from the platform's code. */
class Reference {
  #bytes = Buffer.alloc(0);
  #blocks = 0;
  readonly message: (block: number) => string;

  constructor(nonce: number, label = "", entropy?: string) {
    const end = entropy === undefined ? "" : `:${entropy}`;
    this.message = (block) => `${label}${vectors.clientSeed}:${nonce}:${block}${end}`;
  }

  block(i: number): Buffer {
    return createHmac("sha256", key).update(this.message(i)).digest();
  }

  below(n: bigint): bigint {
    if (n === 1n) return 0n;
    const size = n > 1n << 64n ? 32 : 8;
    const range = 1n << BigInt(size * 8);
    for (;;) {
      while (this.#bytes.length < size) {
        this.#bytes = Buffer.concat([this.#bytes, this.block(this.#blocks++)]);
      }
      const drawn = BigInt(`0x${this.#bytes.subarray(0, size).toString("hex")}`);
      this.#bytes = this.#bytes.subarray(size);
      if (drawn < range - (range % n)) return drawn % n;
    }
  }

  /** Swaps by a map, so that not even the way of holding the list is shared. */
  #swaps(n: number, pairs: Iterable<[number, number]>): number[] {
    const places = new Map(Array.from({ length: n }, (_, i) => [i, i]));
    for (const [i, j] of pairs) {
      const [a, b] = [places.get(i) ?? i, places.get(j) ?? j];
      places.set(i, b).set(j, a);
    }
    return [...places.values()];
  }

  shuffle(n: number): number[] {
    const next = (i: number): [number, number] => [i, Number(this.below(BigInt(i + 1)))];
    return this.#swaps(
      n,
      Array.from({ length: n - 1 }, (_, k) => next(n - 1 - k)),
    );
  }

  choose(n: number, k: number): number[] {
    const next = (i: number): [number, number] => [i, i + Number(this.below(BigInt(n - i)))];
    return this.#swaps(
      n,
      Array.from({ length: k }, (_, i) => next(i)),
    ).slice(0, k);
  }
}

type Round = (typeof vectors.rounds)[number];
interface Played {
  outcome: Json;
  multiplier: string;
}

/** A fraction in lowest terms as text, from integers alone. */
function quotient(n: bigint, d: bigint): string {
  const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));
  const common = gcd(n, d);
  return d === common ? String(n / common) : `${n / common}/${d / common}`;
}

/** "1.95" or "39/20" as a quotient. */
function ratio(text: string): [bigint, bigint] {
  const [top = "", bottom] = text.split("/");
  if (bottom !== undefined) return [BigInt(top), BigInt(bottom)];
  const [whole = "", decimals = ""] = top.split(".");
  return [BigInt(whole + decimals), 10n ** BigInt(decimals.length)];
}

function cents(amount: bigint): string {
  return `${amount / 100n}.${String(amount % 100n).padStart(2, "0")}`;
}

/** The decimal at a place of a configuration's tables, as a fraction. */
function tabled(config: Json, place: (number | string)[]): string {
  const found = place.reduce(
    (at: Json, name) => (at as { [name: string]: Json })[name] ?? null,
    (config as { tables: Json }).tables,
  );
  const [n = "", d] = String(found).split("/");
  if (d !== undefined) return quotient(BigInt(n), BigInt(d));
  const [whole = "", decimals = ""] = n.split(".");
  return quotient(BigInt(whole + decimals), 10n ** BigInt(decimals.length));
}

/** The rules of docs/games.md, in integers. */
const referenceRules: { [engine: string]: (round: Round, draws: Reference) => Played } = {
  "coin-flip": ({ bet }, draws) => {
    const side = draws.below(2n) === 0n ? "heads" : "tails";
    return { outcome: { side }, multiplier: side === bet.side ? "49/25" : "0" };
  },

  dice: ({ bet }, draws) => {
    const roll = Number(draws.below(10_000n));
    const wins = Array.from({ length: 10_000 }, (_, r) =>
      bet.under === undefined ? r > Number(bet.over) * 100 : r < Number(bet.under) * 100,
    );
    const count = BigInt(wins.filter(Boolean).length);
    const multiplier = wins[roll] ? quotient((99n * 10_000n * 100n) / count, 10_000n) : "0";
    return { outcome: { roll: (roll / 100).toFixed(2) }, multiplier };
  },

  mines: ({ bet, actions }, draws) => {
    const mines = draws.choose(25, bet.mines ?? 0);
    const tiles = actions.flatMap((action) =>
      "tile" in action && action.tile !== undefined ? [action.tile] : [],
    );
    const lost = tiles.some((tile) => mines.includes(tile)) || tiles.length === 0;
    const safe = tiles.filter((tile) => !mines.includes(tile));
    let [n, d] = [99n, 1n];
    for (const i of safe.keys()) {
      n *= BigInt(25 - i);
      d *= BigInt(25 - mines.length - i);
    }
    return { outcome: { safe, mines }, multiplier: lost ? "0" : quotient(n / d, 100n) };
  },

  limbo: ({ config, bet }, draws) => {
    const u = draws.below(1n << 52n) + 1n;
    const [kept, of] = (config as { edge?: string }).edge === "0.01" ? [99n, 100n] : [24n, 25n];
    const shown = (kept * 2n ** 52n * 100n) / (of * u);
    const target = BigInt((bet as { target: string }).target.replace(".", ""));
    const multiplier = u * target * of <= kept * 2n ** 52n * 100n ? quotient(target, 100n) : "0";
    return { outcome: { multiplier: cents(shown < 100n ? 100n : shown) }, multiplier };
  },

  crash: ({ config, bet, actions }, draws) => {
    const u = draws.below(1n << 52n) + 1n;
    const { edge, maxMultiplier } = config as unknown as { edge: string; maxMultiplier: string };
    const [kept, of, growth] = edge === "0.01" ? [99n, 100n, 6n] : [19n, 20n, 100n];
    const wins = (multiplier: bigint) => u * multiplier * of <= kept * 2n ** 52n * 100n;
    const { autoCashOut } = bet as { autoCashOut?: string };
    const target = BigInt((autoCashOut ?? `${maxMultiplier}00`).replace(".", ""));
    const at = (actions as unknown as { at: number }[])[0]?.at;
    let [value, tick] = [10n ** 12n, 0];
    const now = () => value / 10n ** 10n;
    while (now() < target && tick !== at && wins(now())) {
      value += (value * growth) / 10_000n;
      tick += 1;
    }
    const reached = now() < target ? now() : target;
    const shown = (kept * 2n ** 52n * 100n) / (of * u);
    const outcome = { multiplier: cents(shown < 100n ? 100n : shown), instant: !wins(100n) };
    if (!wins(reached)) return { outcome, multiplier: "0" };
    const cashedOut = cents(reached);
    return { outcome: { ...outcome, cashedOut }, multiplier: quotient(reached, 100n) };
  },

  plinko: ({ config, bet }, draws) => {
    const { rows, risk } = bet as unknown as { rows: number; risk: string };
    const path = Array.from({ length: rows }, () => Number(draws.below(2n)));
    const slot = path.filter((side) => side === 1).length;
    return { outcome: { path, slot }, multiplier: tabled(config, [rows, risk, slot]) };
  },

  keno: ({ config, bet }, draws) => {
    const { table, picks } = bet as unknown as { table: string; picks: number[] };
    const { numbers, draws: count } = config as unknown as { numbers: number; draws: number };
    const drawn = draws.choose(numbers, count).map((index) => index + 1);
    const hits = drawn.filter((number) => picks.includes(number)).length;
    return { outcome: { drawn }, multiplier: tabled(config, [table, picks.length, hits]) };
  },

  baccarat: ({ config, bet }, draws) => {
    const { decks, ...pays } = config as { [name: string]: number | string };
    const shoe = typeof decks === "number" ? draws.shuffle(52 * decks) : undefined;
    const hands = referenceHands(() =>
      shoe ? (shoe.shift() ?? 0) % 52 : Number(draws.below(52n)),
    );
    const { bets } = bet as unknown as { bets: Part[] };
    const pay = (name: string) => ratio(String(pays[name]));
    const layout = { banker: pay("bankerPays"), tie: pay("tiePays"), pair: pay("pairPays") };
    return { outcome: hands, multiplier: quotient(...referencePayout(layout, bets, hands)) };
  },

  roulette: ({ config, bet }, draws) => {
    const { wheel, laPartage } = config as unknown as { wheel: string; laPartage: boolean };
    const number = Number(draws.below(wheel === "european" ? 37n : 38n));
    let [paid, staked] = [0n, 0n];
    for (const part of (bet as unknown as { bets: ReferencePart[] }).bets) {
      const cents = BigInt(Math.round(Number(part.stake) * 100));
      paid += cents * halvesPaid(part, number, laPartage);
      staked += 2n * cents;
    }
    return { outcome: { number }, multiplier: quotient(paid, staked) };
  },

  blackjack: ({ config, actions }, draws) => {
    const card = () => Number(draws.below(52n));
    const types = actions.map(({ type }) => type);
    const { pays, hands, dealer } = referenceBlackjack(config as Switches, types, card);
    const multiplier = typeof pays === "string" ? pays : quotient(BigInt(pays), 4n);
    const inMoney = hands.map(({ cards, stake }) => ({ cards, stake: `${stake}.00` }));
    return { outcome: { hands: inMoney, dealer }, multiplier };
  },

  slots: ({ config }, draws) => {
    const below = (n: number) => Number(draws.below(BigInt(n)));
    const { spins, pays } = referenceRound(config as unknown as Sheet, below);
    return { outcome: { spins }, multiplier: quotient(pays.n, pays.d) };
  },

  "video-poker": ({ config, actions }, draws) => {
    const { paytable } = config as unknown as { paytable: { [name: string]: string } };
    const { hold } = actions[0] as unknown as { hold: boolean[] };
    const deck = draws.shuffle(52);
    const final = referenceDraw(deck, hold);
    const pays = paytable[referenceClass(final) ?? ""] ?? "0";
    return { outcome: { dealt: deck.slice(0, 5), final }, multiplier: quotient(...ratio(pays)) };
  },

  "hi-lo": ({ config, actions }, draws) => {
    const { edge, rounding, maxMultiplier } = config as { [name: string]: number | string };
    const kept = edge === "0.01" ? ([99n, 100n] as const) : ([49n, 50n] as const);
    const terms = { kept, units: 10n ** BigInt(rounding ?? 0), most: BigInt(maxMultiplier ?? 0) };
    const types = actions.map(({ type }) => type);
    const { ranks, pays } = referenceHiLo(terms, types, () => Number(draws.below(13n)));
    return { outcome: { ranks }, multiplier: quotient(...pays) };
  },
};

describe("published vectors", () => {
  for (const vector of vectors.draws) {
    it(`hold for the stream ${vector.label ?? ""}${vector.nonce} ${vector.entropy ? "with entropy" : ""}`, () => {
      const { nonce, entropy, label = "" } = vector;
      const reference = new Reference(nonce, label, entropy);
      const seeds = { serverSeed: key, clientSeed: vectors.clientSeed, nonce };
      const ours = stream(entropy === undefined ? seeds : { ...seeds, entropy }, label);
      assert.equal(reference.block(0).toString("hex"), vector.firstBlock);
      for (const [n = "", result] of vector.below) {
        assert.equal(String(reference.below(BigInt(n))), result);
        assert.equal(String(ours.belowBig(BigInt(n))), result);
      }
      for (const draws of [reference, ours]) {
        assert.deepEqual(draws.shuffle(8), vector.thenShuffle8);
        assert.deepEqual(draws.choose(40, 10), vector.thenChoose10Of40);
      }
    });
  }

  for (const round of vectors.rounds) {
    it(`hold for ${round.engine}, nonce ${round.nonce}, ${JSON.stringify(round.bet)}`, () => {
      const expected = { outcome: round.outcome, multiplier: round.multiplier };
      const rules = referenceRules[round.engine] ?? assert.fail();
      assert.deepEqual(rules(round, new Reference(round.nonce)), expected);

      const engine = engines.get(round.engine) ?? assert.fail();
      const compiled = compile(engine, round.config);
      assert.ok(!("problems" in compiled));
      const seeds = { serverSeed: key, clientSeed: vectors.clientSeed, nonce: round.nonce };
      const actions = round.actions as unknown as RecordedAction[];
      // Only rounds that run by the clock end without an action.
      const play = engine.clock ? finish : replay;
      const { over, outcome, tally } = play(compiled, round.bet as Json, actions, stream(seeds));
      assert.ok(over);
      const shown = outcome(moneyOf(100n, 2));
      assert.deepEqual({ outcome: shown, multiplier: toText(tally.payout) }, expected);
      assert.equal(compiled.revision, round.revision);
      assert.equal(revisionOf(engine.name, engine.version, round.config), round.revision);
    });
  }

  it("cover every engine", () => {
    assert.deepEqual(new Set(vectors.rounds.map(({ engine }) => engine)), new Set(engines.keys()));
  });

  it("hold for the commitment and for the digest of a proof", () => {
    const sha256 = (data: Buffer | string) => createHash("sha256").update(data).digest("hex");
    const { digest, ...rest } = vectors.proof;
    assert.equal(sha256(key), vectors.serverSeedHash);
    assert.equal(serverSeedHash(key), vectors.serverSeedHash);
    assert.equal(sha256(sorted(rest)), digest);
    assert.equal(proofDigest(vectors.proof), digest);
    assert.deepEqual(verify(vectors.proof), { ok: true, problems: [] });
  });
});

/** RFC 8785 for values of plain ASCII keys: members sorted by name, no blanks. */
function sorted(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sorted).join()}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${sorted(member)}`).join()}}`;
}
