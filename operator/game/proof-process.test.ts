import assert from "node:assert/strict";
import { after, describe, it } from "mocha";
import type { ProofRequest } from "../../games/prove.ts";
import { ProofProcess } from "./proof-process.ts";

const request = (multiplier: string): ProofRequest => ({
  engine: "coin-flip",
  config: { multiplier },
  stakes: [{ currency: "USD", digits: 2, min: 25n, max: 100n, step: 25n, maxPayout: 10_000n }],
  returnToPlayer: { min: "0.96" },
});

describe("the process that proves", () => {
  const proofs = new ProofProcess();
  after(() => proofs.close());

  it("proves each content once", async () => {
    const first = proofs.prove(request("1.96"));
    assert.equal(proofs.prove(request("1.96")), first);
    const proof = await first;
    assert.ok("verdict" in proof && proof.verdict.ok);
    const refused = await proofs.prove(request("1.80"));
    assert.ok("verdict" in refused && !refused.verdict.ok);
  });

  it("is started again when it has gone, and says that a proof was lost", async () => {
    const lost = assert.rejects(proofs.prove(request("1.95")), /while proving/);
    await proofs.close();
    await lost;
    const again = await proofs.prove(request("1.95"));
    assert.ok("verdict" in again && again.verdict.ok);
  });
});
