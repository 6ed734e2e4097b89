import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, it } from "mocha";
import { type Seeds, serverSeedHash, stream } from "./seed-stream.ts";

const serverSeed = Buffer.from(Array.from({ length: 32 }, (_, i) => i));
const seeds: Seeds = { serverSeed, clientSeed: "ann", nonce: 7 };

/** The page of docs/fairness.md once more, as plainly as can be: the bytes first, then integers of them. */
function* integers(label: string, entropy: string): Generator<bigint> {
  for (let i = 0; ; i++) {
    const block = createHmac("sha256", serverSeed)
      .update(`${label}ann:7:${i}${entropy}`)
      .digest("hex");
    for (let at = 0; at < 64; at += 16) yield BigInt(`0x${block.slice(at, at + 16)}`);
  }
}

function reference(label = "", entropy = "") {
  const words = integers(label, entropy);
  const word = () => words.next().value as bigint;
  const below = (n: bigint): bigint => {
    if (n === 1n) return 0n;
    const wide = n > 2n ** 64n;
    const range = wide ? 2n ** 256n : 2n ** 64n;
    for (;;) {
      const w = wide
        ? ((word() * 2n ** 64n + word()) * 2n ** 64n + word()) * 2n ** 64n + word()
        : word();
      if (w < range - (range % n)) return w % n;
    }
  };
  return { below };
}

const sizes = fc.oneof(
  fc.bigInt({ min: 1n, max: 100n }),
  fc.bigInt({ min: 1n, max: 2n ** 22n }),
  fc.bigInt({ min: 1n, max: 2n ** 53n }),
  // Just above half of the range every second word is refused.
  fc.bigInt({ min: 2n ** 63n, max: 2n ** 63n + 10n }),
  fc.bigInt({ min: 2n ** 64n - 2n, max: 2n ** 64n + 2n }),
  fc.bigInt({ min: 2n ** 255n, max: 2n ** 256n }),
);

describe("seed stream", () => {
  it("draws as the documented bytes say, for every size and across blocks", () => {
    fc.assert(
      fc.property(fc.array(sizes, { maxLength: 40 }), (list) => {
        const [ours, theirs] = [stream(seeds), reference()];
        for (const n of list) {
          const drawn = n <= 2n ** 53n ? BigInt(ours.below(Number(n))) : ours.belowBig(n);
          assert.equal(drawn, theirs.below(n));
        }
      }),
    );
  });

  it("draws the same through below and belowBig", () => {
    const [a, b] = [stream(seeds), stream(seeds)];
    for (const n of [1, 2, 13, 52, 10_000, 2 ** 21, 2 ** 21 + 1, 2 ** 52, 2 ** 53]) {
      assert.equal(BigInt(a.below(n)), b.belowBig(BigInt(n)));
    }
  });

  it("takes nothing for below(1)", () => {
    const [a, b] = [stream(seeds), stream(seeds)];
    assert.equal(a.below(1), 0);
    assert.equal(a.belowBig(1n), 0n);
    assert.equal(a.below(1000), b.below(1000));
  });

  it("refuses sizes that have no meaning", () => {
    for (const n of [0, -1, 1.5, Number.NaN, 2 ** 53 + 2]) {
      assert.throws(() => stream(seeds).below(n), RangeError);
    }
    assert.throws(() => stream(seeds).belowBig(0n), RangeError);
    assert.throws(() => stream(seeds).belowBig(2n ** 256n + 1n), RangeError);
  });

  it("mixes chain entropy and a jackpot's label into the message", () => {
    const entropy = "ab".repeat(32);
    const label = "jackpot/casino/mega:";
    const mixed = stream({ ...seeds, entropy }, label);
    const expected = reference(label, `:${entropy}`);
    for (let i = 0; i < 10; i++) assert.equal(BigInt(mixed.below(1000)), expected.below(1000n));
    assert.notEqual(
      stream(seeds).belowBig(2n ** 64n),
      stream({ ...seeds, entropy }).belowBig(2n ** 64n),
    );
  });

  it("gives the same for a nonce as number and as bigint", () => {
    const drawn = stream({ ...seeds, nonce: 7n }).belowBig(2n ** 64n);
    assert.equal(drawn, stream(seeds).belowBig(2n ** 64n));
  });

  it("shuffles from the last place down", () => {
    const { below } = reference();
    const expected = [0, 1, 2, 3, 4, 5, 6, 7];
    for (let i = 7; i > 0; i--) {
      const j = Number(below(BigInt(i + 1)));
      const kept = expected[i] ?? 0;
      expected[i] = expected[j] ?? 0;
      expected[j] = kept;
    }
    assert.deepEqual(stream(seeds).shuffle(8), expected);
  });

  it("chooses different ones, each as if taken out of an urn", () => {
    const { below } = reference();
    const urn = Array.from({ length: 25 }, (_, i) => i);
    const chosen = stream(seeds).choose(25, 10);
    for (let i = 0; i < 10; i++) {
      // The reference swaps by splicing: the chosen leaves its place to the one at the front.
      const j = Number(below(BigInt(25 - i)));
      const taken = urn[j];
      const first = urn.shift() ?? 0;
      if (j > 0) urn[j - 1] = first;
      assert.equal(chosen[i], taken);
    }
    assert.equal(new Set(chosen).size, 10);
    assert.throws(() => stream(seeds).choose(3, 4), RangeError);
  });

  for (const n of [2, 3, 13, 37, 52]) {
    it(`is uniform over ${n} values (chi-squared within 5 standard deviations)`, () => {
      const counts = new Array<number>(n).fill(0);
      const draws = 40_000;
      const source = stream({ ...seeds, clientSeed: `uniform-${n}` });
      for (let i = 0; i < draws; i++) {
        const drawn = source.below(n);
        counts[drawn] = (counts[drawn] ?? 0) + 1;
      }
      const expected = draws / n;
      const squared = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
      assert.ok(Math.abs(squared - (n - 1)) < 5 * Math.sqrt(2 * (n - 1)), `chi-squared ${squared}`);
    });
  }

  it("commits to a seed by the SHA-256 of its raw bytes", () => {
    assert.equal(serverSeedHash(serverSeed), createHash("sha256").update(serverSeed).digest("hex"));
    assert.throws(() => stream({ ...seeds, serverSeed: Buffer.alloc(31) }), RangeError);
  });
});
