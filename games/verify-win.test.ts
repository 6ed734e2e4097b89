import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "mocha";
import proof from "../docs/fairness-jackpot-win.json" with { type: "json" };
import type { Json } from "./game.ts";
import { isWinProof, verifyWin } from "./verify-win.ts";

type Fields = { [field: string]: Json };

const { cycle, next, positions } = proof;
const last = positions.length - 1;

function problems(changes: object): string {
  const { ok, problems } = verifyWin({ ...proof, ...changes } as Json);
  assert.equal(ok, problems.length === 0);
  return problems.join("\n");
}

function changed<T>(list: readonly T[], at: number, changes: object): T[] {
  return list.map((entry, i) => (i === at ? { ...entry, ...changes } : entry));
}

describe("verifyWin", () => {
  it("accepts the published proof of a win", () => {
    assert.ok(isWinProof(proof as Json));
    assert.deepEqual(verifyWin(proof as Json), { ok: true, problems: [] });
  });

  const winner = positions[last] ?? assert.fail();
  const threshold = BigInt(proof.threshold);
  const cases: [string, object, RegExp][] = [
    ["another threshold", { threshold: String(threshold - 1n) }, /not the committed one/],
    ["another salt", { salt: "0".repeat(64) }, /not the committed one/],
    [
      "another commitment",
      { cycle: { ...cycle, commitment: "0".repeat(64) } },
      /not the committed/,
    ],
    ["no threshold", { threshold: undefined }, /belongs here/],
    ["another amount", { amount: String(BigInt(proof.amount) - 1n) }, /the pool rounded up is/],
    ["another debit", { positions: changed(positions, last, { debit: "1" }) }, /the sum is/],
    ["another share", { positions: changed(positions, 3, { overflowShare: "1/2" }) }, /the sum is/],
    ["another pool", { positions: changed(positions, 3, { pool: "150" }) }, /the sum is/],
    ["a position left out", { positions: positions.toSpliced(2, 1) }, /does not follow/],
    ["an earlier winner", { positions: changed(positions, 2, { hit: true }) }, /it won before/],
    ["a later winner", { positions: positions.slice(0, -1) }, /do not end with it/],
    ["another trigger", { trigger: "oneIn" }, /did not win like this/],
    ["another opening", { cycle: { ...cycle, opening: "99" } }, /below the seed/],
    ["an opening at the limit", { next: { ...next, opening: "200" } }, /more than a new pool/],
    [
      "a lower ceiling",
      { cycle: { ...cycle, terms: { ...cycle.terms, ceiling: "120" } } },
      /the sum/,
    ],
    [
      "a lower limit",
      { cycle: { ...cycle, terms: { ...cycle.terms, mustHitBy: "101" } } },
      /lies not/,
    ],
    ["another next cycle", { next: { ...next, number: 7 } }, /does not follow this win/],
    [
      "a gap after it",
      { next: { ...next, positions: next.positions.slice(1) } },
      /does not follow/,
    ],
    [
      "a later sum",
      { next: { ...next, positions: changed(next.positions, 1, { pool: "7" }) } },
      /sum/,
    ],
    ["other digits", { jackpot: { ...proof.jackpot, digits: 3 } }, /USD has 2/],
    ["a field that is not known", { more: 1 }, /not known here/],
    ["an amount that is none", { amount: "1.00" }, /whole minor units/],
    ["a pool without end", { positions: changed(positions, 0, { pool: "1/0" }) }, /n\/d/],
  ];
  for (const [name, changes, message] of cases) {
    it(`finds ${name}`, () => assert.match(problems(changes), message));
  }

  it("refuses a threshold that the committed one could have been, out of its range", () => {
    const salt = Buffer.from(proof.salt, "hex");
    const hash = createHash("sha256").update(salt).update("100").digest("hex");
    const forged = { threshold: "100", cycle: { ...cycle, commitment: hash } };
    assert.match(problems(forged), /lies not above the opening pool/);
  });

  it("accepts a win by a draw, which has no threshold", () => {
    const { mustHitBy: _, ...terms } = cycle.terms;
    const { commitment: __, ...drawn } = { ...cycle, terms: { ...terms, oneIn: "9", per: "100" } };
    const { threshold: ___, salt: ____, ...rest } = proof as Fields;
    const hit = {
      ...rest,
      trigger: "oneIn",
      cycle: drawn,
      positions: changed(positions, last, { hit: true }),
    };
    assert.deepEqual(verifyWin(hit as Json), { ok: true, problems: [] });
    const without = { ...hit, positions };
    assert.match(verifyWin(without as Json).problems.join(), /did not win like this/);
    assert.match(verifyWin({ ...hit, salt: proof.salt } as Json).problems.join(), /no threshold/);
  });

  it("takes denominators of any length", () => {
    const long = `${BigInt(winner.pool.split("/")[0] ?? 0) * 10n ** 120n}/${BigInt(winner.pool.split("/")[1] ?? 1) * 10n ** 120n}`;
    assert.equal(problems({ positions: changed(positions, last, { pool: long }) }), "");
  });

  it("is not asked of a round's proof", () => {
    for (const other of [null, [], "x", {}, { kind: "round" }])
      assert.ok(!isWinProof(other as Json));
    assert.ok(!verifyWin({} as Json).ok);
  });
});
