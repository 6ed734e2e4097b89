import assert from "node:assert/strict";
import { describe, it } from "mocha";
import vectors from "../docs/fairness-vectors.json" with { type: "json" };
import { proofDigest } from "./canonical.ts";
import type { Json } from "./game.ts";
import { drawHits } from "./jackpot-draws.ts";
import { verify } from "./verify.ts";

type Fields = { [field: string]: Json };

const proof: Fields = structuredClone(vectors.proof);
const seed = vectors.serverSeed;

/** The proof with fields changed by someone who can also compute the digest anew. */
function forged(changes: Fields): Fields {
  const changed = { ...structuredClone(proof), ...changes };
  return { ...changed, digest: proofDigest(changed) };
}

const [first = {}, second = {}, third = {}, last = {}] = vectors.proof.actions as Fields[];

describe("verify", () => {
  it("accepts the round that was played", () => {
    assert.deepEqual(verify(proof), { ok: true, problems: [] });
  });

  const others: Fields = {
    config: { ...vectors.proof.config, edge: "0.02" },
    bet: { mines: 4 },
    outcome: {},
  };
  for (const field of Object.keys(proof)) {
    it(`finds a changed ${field} by the digest alone`, () => {
      const value = proof[field];
      const other = typeof value === "number" ? value + 1 : (others[field] ?? `${value}0`);
      const { ok, problems } = verify({ ...proof, [field]: other });
      assert.ok(!ok);
      assert.ok(problems.length > 0);
    });
  }

  const forgeries: [string, Fields, RegExp][] = [
    [
      "another seed",
      { serverSeed: `ff${seed.slice(2)}` },
      /\/serverSeed: it is not the committed seed/,
    ],
    [
      "a better payout",
      { payout: "100.00" },
      /\/payout: the seeds and actions give 2\.94, not 100\.00/,
    ],
    [
      "another stake",
      { stake: "3.00", totalStake: "3.00" },
      /\/payout: the seeds and actions give 4\.41/,
    ],
    ["a total stake of its own", { totalStake: "3.00" }, /\/totalStake: .* give 2\.00, not 3\.00/],
    ["no stake", { stake: "0.00" }, /\/stake: it is no amount above 0/],
    ["a stake of too many digits", { stake: "2.001" }, /\/stake/],
    ["mines elsewhere", { outcome: { safe: [0, 1, 2], mines: [1, 2, 3] } }, /\/outcome: the seeds/],
    ["another nonce", { nonce: 9 }, /\/outcome|\/actions/],
    ["another client seed", { clientSeed: "other" }, /\/outcome|\/actions/],
    [
      "a client seed out of the alphabet",
      { clientSeed: "a:b" },
      /\/clientSeed: .*1 to 64 characters/,
    ],
    ["another edge", { config: { tiles: 25, edge: "0", rounding: 2 } }, /\/revision/],
    [
      "a configuration without defaults",
      { config: {} },
      /\/config: its defaults are not filled in/,
    ],
    ["a configuration that is none", { config: { tiles: 0 } }, /\/config\/tiles: 0 must be >= 2/],
    ["an unknown engine", { engine: "craps" }, /\/engine: craps 1\.0\.0 is not known here/],
    ["an unknown version", { engineVersion: "0.9.0" }, /\/engine: mines 0\.9\.0 is not known/],
    ["a bet off the schema", { bet: { mines: 0 } }, /\/bet\/mines: 0 must be >= 1/],
    ["a round that is not over", { actions: [first, second] }, /\/actions: the round is not over/],
    [
      "actions after the end",
      { actions: [first, second, third, last, { ...last, version: 5 }] },
      /round is over/,
    ],
    [
      "an illegal action",
      { actions: [{ ...last, version: 1 }] },
      /one is not legal: cashing out takes an open tile/,
    ],
    [
      "an action off the schema",
      { actions: [{ ...first, tile: 1000 }, last] },
      /\/actions\/0\/tile/,
    ],
    [
      "an action without its tile",
      { actions: [first, { type: "reveal", version: 2, by: "player" }, third, last] },
      /^\/actions\/1\/tile: is required/,
    ],
    [
      "a round that begins in its middle",
      { actions: [first, second, third, last].map((it, i) => ({ ...it, version: i + 2 })) },
      /\/actions\/0\/version: it is 2, and 1 in a whole round/,
    ],
    [
      "a missing action",
      { actions: [first, third, last] },
      /\/actions\/1\/version: it is 3, and 2 in a whole round/,
    ],
    [
      "a default that is none",
      { actions: [{ ...first, by: "default" }] },
      /reveal is not the default action/,
    ],
    [
      "a player after the default",
      {
        actions: [
          { ...last, version: 1, by: "default" },
          { ...first, version: 2 },
        ],
      },
      /\/actions\/1\/by: a player cannot act/,
    ],
    ["digits that the currency has not", { digits: 3 }, /\/digits: USD has 2/],
    ["entropy without its chain", { entropy: "ab" }, /\/entropy: .* belong together/],
    ["a field of its own", { note: "trust me" }, /\/note: is not known here/],
  ];
  for (const [name, changes, message] of forgeries) {
    it(`refuses ${name}, with a digest to match`, () => {
      const { ok, problems } = verify(forged(changes));
      assert.ok(!ok);
      assert.match(problems.join("\n"), message);
      assert.doesNotMatch(problems.join("\n"), /\/digest/);
    });
  }

  for (const value of [null, [], "proof", 5, {}] as Json[]) {
    it(`refuses ${JSON.stringify(value)}, which is no proof`, () => {
      assert.equal(verify(value).ok, false);
    });
  }
});

describe("verify, with jackpots", () => {
  const draws = vectors.draws.find(({ label, entropy }) => label && !entropy) ?? assert.fail();
  const jackpot = { namespace: "casino", name: "mega", per: "2.00", oneIn: "2" };
  const coin = vectors.rounds.find(({ nonce }) => nonce === 0) ?? assert.fail();
  const withHit = (changes: Fields) =>
    forged({
      engine: coin.engine,
      revision: coin.revision,
      config: coin.config,
      nonce: 0,
      bet: { side: "tails" },
      actions: [],
      outcome: coin.outcome as Json,
      payout: "3.92",
      jackpots: [{ ...jackpot, debits: ["2.00"], hits: [true], ...changes }],
    });

  it("draws each debit along the jackpot's own stream", () => {
    // stake / (per × oneIn) = 1/2, and the published below(2) of this stream is 0: a hit.
    assert.deepEqual(draws.below[0], ["2", "0"]);
    assert.deepEqual(verify(withHit({})), { ok: true, problems: [] });
    assert.match(
      verify(withHit({ hits: [false] })).problems.join(),
      /hits\/0: the seeds give true/,
    );
  });

  it("takes nothing for a debit that always hits", () => {
    const seeds = { serverSeed: Buffer.alloc(32, 7), clientSeed: "ann", nonce: 3 };
    const odds = { per: 100n, oneIn: 2n };
    const hits = (debits: bigint[]) => drawHits(seeds, jackpot, odds, debits);
    const drawn = hits([100n, 100n, 100n, 100n]);
    assert.deepEqual(hits([200n, 100n, 500n, 100n, 100n, 100n]), [
      ...[true, drawn[0], true],
      ...drawn.slice(1),
    ]);
    assert.ok(verify(withHit({ per: "1.00" })).ok);
  });

  it("wants the round's own debits, a hit for each, and amounts that are numbers", () => {
    const problems = (changes: Fields) => verify(withHit(changes)).problems.join();
    assert.match(problems({ hits: [] }), /one for each debit/);
    assert.match(problems({ debits: ["x"] }), /debits\/0: it is no amount above 0/);
    assert.match(problems({ debits: ["1.00"] }), /debits: the seeds and actions give 2.00, not 1/);
    assert.match(problems({ oneIn: "0" }), /above 0/);
    assert.match(problems({ per: "0.00" }), /above 0/);
  });
});
