import { type ChildProcess, fork } from "node:child_process";
import canonicalize from "canonicalize";
import type { Proof, ProofRequest, TooLarge } from "../../games/prove.ts";

/** What travels to the process and back. */
export interface ProofCall {
  readonly id: number;
  readonly request: ProofRequest;
}

export type ProofAnswer = { readonly id: number } & (
  | { readonly answer: Proof | TooLarge }
  | { readonly fault: string }
);

const PROGRAM = new URL("./proof-child.ts", import.meta.url);
const IDLE_MS = 10_000;
const KEPT = 1_000;
const TOO_LARGE_KEPT_MS = 10 * 60_000;

interface Waiting {
  readonly resolve: (answer: Proof | TooLarge) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Proofs in a process of their own, which is there only while something is proven: its threads and
 * their memory go with it, and nothing that a configuration does to it harms the operator. Each
 * content is proven once.
 */
export class ProofProcess {
  readonly #proofs = new Map<string, Promise<Proof | TooLarge>>();
  readonly #waiting = new Map<number, Waiting>();
  #child: ChildProcess | undefined;
  #idle: NodeJS.Timeout | undefined;
  #calls = 0;

  prove(request: ProofRequest): Promise<Proof | TooLarge> {
    const key = contentOf(request);
    const known = this.#proofs.get(key);
    if (known) return known;
    const proof = this.#call(request);
    this.#proofs.set(key, proof);
    const [oldest] = this.#proofs.keys();
    if (this.#proofs.size > KEPT && oldest !== undefined) this.#proofs.delete(oldest);
    const forget = () => this.#proofs.delete(key);
    proof.then((answer) => {
      // A machine that was too busy deserves another try, though not at once.
      if ("problem" in answer) setTimeout(forget, TOO_LARGE_KEPT_MS).unref();
    }, forget);
    return proof;
  }

  /** Ends the process; proofs that still run are rejected. */
  async close(): Promise<void> {
    clearTimeout(this.#idle);
    const child = this.#child;
    if (!child) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  }

  #call(request: ProofRequest): Promise<Proof | TooLarge> {
    clearTimeout(this.#idle);
    this.#calls += 1;
    const id = this.#calls;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      const call: ProofCall = { id, request };
      this.#running().send(call, (error) => {
        if (error) this.#settle({ id, fault: error.message });
      });
    });
  }

  #running(): ChildProcess {
    if (this.#child) return this.#child;
    const child = fork(PROGRAM, { serialization: "advanced", stdio: "inherit" });
    this.#child = child;
    child.on("message", (answer) => this.#settle(answer as ProofAnswer));
    child.on("error", (error) => this.#ended(child, error.message));
    child.on("exit", (code, signal) => this.#ended(child, `it ended with ${signal ?? code}`));
    return child;
  }

  #settle(answer: ProofAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ("answer" in answer) waiting?.resolve(answer.answer);
    else waiting?.reject(new Error(`while proving: ${answer.fault}`));
    if (this.#waiting.size > 0) return;
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#rest(), IDLE_MS).unref();
  }

  // Let go of first: what is asked while it ends goes to another one.
  #rest(): void {
    const child = this.#child;
    this.#child = undefined;
    child?.kill();
  }

  #ended(child: ChildProcess, why: string): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    for (const id of [...this.#waiting.keys()]) this.#settle({ id, fault: why });
    clearTimeout(this.#idle);
  }
}

// JSON has no large integers, so the amounts are written out.
function contentOf(request: ProofRequest): string {
  const text = JSON.stringify(request, (_, value) =>
    typeof value === "bigint" ? String(value) : value,
  );
  return canonicalize(JSON.parse(text)) ?? "";
}
