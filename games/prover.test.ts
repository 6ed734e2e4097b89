import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { ProofRequest } from "./prove.ts";
import { Prover, type ProverLimits } from "./prover.ts";

const stakes = [
  { currency: "USD", digits: 2, min: 100n, max: 1000n, step: 100n, maxPayout: 10n ** 9n },
];
const dice: ProofRequest = { engine: "dice", config: {}, stakes, returnToPlayer: { min: "0.98" } };
const wide: ProofRequest = { ...dice, engine: "mines", config: { tiles: 100, rounding: 6 } };
const generous: ProverLimits = { threads: 1, timeoutMs: 60_000, memoryMb: 128 };

async function withProver<T>(
  limits: ProverLimits,
  use: (prover: Prover) => Promise<T>,
): Promise<T> {
  const prover = new Prover(limits);
  try {
    return await use(prover);
  } finally {
    await prover.close();
  }
}

describe("Prover", () => {
  it("proves in a thread what prove does, and the same content only once", async () => {
    await withProver(generous, async (prover) => {
      const first = prover.prove(dice);
      assert.equal(prover.prove({ ...dice }), first);
      assert.notEqual(prover.prove({ ...dice, returnToPlayer: { min: "0.9" } }), first);
      const proof = await first;
      assert.ok("verdict" in proof && proof.verdict.ok);
      assert.equal(proof.figures?.returns.length, 9_800);
    });
  });

  it("says ProofTooLarge when time runs out, and goes on with the next", async () => {
    await withProver({ ...generous, timeoutMs: 700 }, async (prover) => {
      const huge = { ...wide, stakes: Array.from({ length: 2_000 }, () => stakes[0] ?? never()) };
      const proof = await prover.prove(huge);
      assert.ok("problem" in proof);
      assert.match(proof.message, /takes more than 0\.7 s\. Make it smaller/);
    });
  });

  it("says ProofTooLarge when memory runs out", async () => {
    await withProver({ ...generous, memoryMb: 12 }, async (prover) => {
      const proof = await prover.prove(wide);
      assert.ok("problem" in proof);
      assert.match(proof.message, /takes more than 12 MiB/);
    });
  });

  it("queues more proofs than it has threads", async () => {
    await withProver(generous, async (prover) => {
      const edges = ["0.01", "0.02", "0.03", "0.04"];
      const proofs = await Promise.all(
        edges.map((edge) => prover.prove({ ...dice, config: { edge } })),
      );
      const revisions = proofs.map((proof) => "verdict" in proof && proof.revision);
      assert.equal(new Set(revisions).size, 4);
    });
  });

  it("rejects what still runs or waits when it is closed", async () => {
    const prover = new Prover(generous);
    const proof = prover.prove(wide);
    const waiting = prover.prove(dice);
    const rejected = [proof, waiting].map((it) => assert.rejects(it, /was stopped/));
    await prover.close();
    await Promise.all(rejected);
  });
});

function never(): never {
  throw new Error("stakes has one entry");
}
