// Proofs in worker threads, with limits of time and memory, so that no Game's math can stall its operator.
import { Worker } from "node:worker_threads";
import { canonicalText } from "./canonical.ts";
import type { Json } from "./game.ts";
import type { Proof, ProofRequest } from "./prove.ts";

export interface ProverLimits {
  threads: number;
  /** For one proof, while it runs. */
  timeoutMs: number;
  memoryMb: number;
}

export interface TooLarge {
  problem: "ProofTooLarge";
  message: string;
}

const idleMs = 10_000;
const keptProofs = 1_000;
const tooLargeKeptMs = 10 * 60_000;

/** Runs proofs, each once for the same content. Threads start when needed and go when idle. */
export class Prover {
  readonly #limits: ProverLimits;
  readonly #proofs = new Map<string, Promise<Proof | TooLarge>>();
  readonly #idle = new Map<Worker, NodeJS.Timeout>();
  readonly #busy = new Set<Worker>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #closed = false;

  constructor(limits: ProverLimits) {
    this.#limits = limits;
  }

  /** The proof, or that it takes more than the limits allow. Rejects only where the engine itself fails. */
  prove(request: ProofRequest): Promise<Proof | TooLarge> {
    const key = contentOf(request);
    const known = this.#proofs.get(key);
    if (known) return known;
    const proof = this.#inTurn(request);
    this.#proofs.set(key, proof);
    this.#forgetOldest();
    const forget = () => this.#proofs.delete(key);
    proof.then((result) => {
      // A machine that was too busy deserves another try, though not at once.
      if ("problem" in result) setTimeout(forget, tooLargeKeptMs).unref();
    }, forget);
    return proof;
  }

  /** Stops all threads; proofs that still run are rejected. */
  async close(): Promise<void> {
    this.#closed = true;
    const workers = [...this.#idle.keys(), ...this.#busy];
    for (const timer of this.#idle.values()) clearTimeout(timer);
    this.#idle.clear();
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  #forgetOldest(): void {
    const oldest = this.#proofs.keys().next();
    if (this.#proofs.size > keptProofs && !oldest.done) this.#proofs.delete(oldest.value);
  }

  async #inTurn(request: ProofRequest): Promise<Proof | TooLarge> {
    if (this.#running >= this.#limits.threads) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running += 1;
    }
    try {
      return await this.#run(request);
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }

  #take(): Worker {
    const [first] = this.#idle;
    if (first) {
      const [worker, timer] = first;
      clearTimeout(timer);
      this.#idle.delete(worker);
      return worker;
    }
    return new Worker(new URL("./proof-worker.ts", import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: this.#limits.memoryMb },
    });
  }

  #giveBack(worker: Worker): void {
    const retire = () => {
      this.#idle.delete(worker);
      void worker.terminate();
    };
    this.#idle.set(worker, setTimeout(retire, idleMs).unref());
    worker.unref();
  }

  async #run(request: ProofRequest): Promise<Proof | TooLarge> {
    if (this.#closed) throw new Error(`the proof of ${request.engine} was stopped`);
    const worker = this.#take();
    this.#busy.add(worker);
    worker.ref();
    const answer = await this.#answer(worker, request).finally(() => {
      for (const event of ["message", "error", "exit"]) worker.removeAllListeners(event);
      this.#busy.delete(worker);
    });
    if ("problem" in answer || this.#closed) await worker.terminate();
    else this.#giveBack(worker);
    return answer;
  }

  #answer(worker: Worker, request: ProofRequest): Promise<Proof | TooLarge> {
    const { timeoutMs, memoryMb } = this.#limits;
    return new Promise((resolve, reject) => {
      const tooLarge = (limit: string) => {
        clearTimeout(timer);
        const message = `the proof of this configuration takes more than ${limit}. Make it smaller: fewer tables, symbols, tiles or lines.`;
        resolve({ problem: "ProofTooLarge", message });
      };
      const timer = setTimeout(() => tooLarge(`${timeoutMs / 1000} s`), timeoutMs);
      worker.once("message", (proof: Proof) => {
        clearTimeout(timer);
        resolve(proof);
      });
      worker.once("error", (error: NodeJS.ErrnoException) => {
        if (error.code === "ERR_WORKER_OUT_OF_MEMORY") return tooLarge(`${memoryMb} MiB`);
        clearTimeout(timer);
        reject(new Error(`while proving ${request.engine}: ${error.message}`, { cause: error }));
      });
      worker.once("exit", () => {
        clearTimeout(timer);
        reject(new Error(`the proof of ${request.engine} was stopped`));
      });
      worker.postMessage(request);
    });
  }
}

/** The same text for the same content; amounts are written out, since JSON has no large integers. */
function contentOf(request: ProofRequest): string {
  const stakes = request.stakes.map((terms) =>
    Object.fromEntries(Object.entries(terms).map(([name, value]) => [name, String(value)])),
  );
  return canonicalText({ ...request, stakes } as unknown as Json);
}
