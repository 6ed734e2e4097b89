// The process that proves: a request in, a proof out; it ends with whoever started it.
import { Prover } from "../../games/prove.ts";
import type { ProofAnswer, ProofCall } from "./proof-process.ts";

const prover = new Prover({ threads: 2, timeoutMs: 30_000, memoryMb: 256 });

async function answer({ id, request }: ProofCall): Promise<void> {
  const reply = (message: ProofAnswer) => process.send?.(message);
  try {
    reply({ id, answer: await prover.prove(request) });
  } catch (error) {
    reply({ id, fault: error instanceof Error ? error.message : String(error) });
  }
}

process.on("message", (call) => void answer(call as ProofCall));
process.on("disconnect", () => process.exit(0));
