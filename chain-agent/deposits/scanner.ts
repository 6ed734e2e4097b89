import { type BlockRef, NodeError } from "../adapters/adapter.ts";
import {
  type CanonicalChain,
  FinalityViolated,
  NoQuorum,
  type Position,
  type Step,
  TooOld,
} from "../follow/canonical-chain.ts";
import type { Worker } from "../worker.ts";
import { readPayments } from "./read-payments.ts";
import type { DepositStore } from "./store.ts";

export interface ScannerOptions {
  readonly chain: CanonicalChain;
  readonly store: DepositStore;
  /** CAIP-19 ids of what is noted. */
  readonly assets: ReadonlySet<string>;
  /** The wallet's own address, where what arrives there is a coin to spend. */
  readonly own?: string | undefined;
}

/** Steps that are taken before the position and what is final are looked up again. */
const stepsMax = 50;

/**
 * Reads the chain block by block and keeps what it pays to watched addresses. Where it stands is a row in PostgreSQL that
 * moves together with the deposits, so that it goes on in any replica, and two that run at once cannot do harm.
 */
export class Scanner implements Worker {
  readonly name = "scan";
  readonly #o: ScannerOptions;
  #watching = false;

  constructor(options: ScannerOptions) {
    this.#o = options;
  }

  /** Does some of what is to be done; true where there may be more at once. */
  async work(): Promise<boolean> {
    const { chain, store } = this.#o;
    // Seen before the steps: on their branch, or they would not be canonical.
    const { finalized } = chain;
    if (finalized === undefined || chain.head === undefined) return false;
    const position = await store.position();
    if (position === undefined) {
      await store.begin(finalized);
      return true;
    }
    await this.#watchOwn(position);
    const steps = await this.#stepsAfter(position);
    if (steps.length > 0) return this.#take(position.block, steps, finalized);
    // Another replica may have been further than this one is by now.
    if (!(await chain.isCanonical(position.block))) return false;
    await store.settle(position.block, finalized);
    return this.#catchUp(position.block);
  }

  async #watchOwn({ finalized }: Position): Promise<void> {
    const { own: address, store } = this.#o;
    if (address === undefined || this.#watching) return;
    const request = { reference: `wallet:${address}`, address, birthHeight: finalized.height };
    await store.transaction((session) => {
      return store.watch(session, { ...request, fresh: false, own: true });
    });
    this.#watching = true;
  }

  /** Faults that pass by themselves: no more than a line in the log. */
  passes(error: unknown): boolean {
    return (
      error instanceof NodeError || error instanceof NoQuorum || error instanceof FinalityViolated
    );
  }

  async #take(from: BlockRef, steps: readonly Step[], finalized: BlockRef): Promise<boolean> {
    const { store } = this.#o;
    let at = from;
    for (const step of steps) {
      const taken =
        step.kind === "undo"
          ? await store.undo(at, step.lastValid)
          : await store.readBlock(at, step.block, await this.#payments(step.block), finalized);
      // Another replica has read on: look where it stands now.
      if (!taken) return true;
      at = step.kind === "undo" ? step.lastValid : step.block;
    }
    return true;
  }

  async #stepsAfter(position: Position): Promise<readonly Step[]> {
    try {
      return await this.#o.chain.after(position, stepsMax);
    } catch (error) {
      if (!(error instanceof TooOld)) throw error;
      return this.#stepsFromAfar(position);
    }
  }

  /** After a long rest the followers' memory does not reach back to here; what is final by now can be asked by height. */
  async #stepsFromAfar({ block, finalized }: Position): Promise<readonly Step[]> {
    const { chain } = this.#o;
    const still = await chain.blockAt(finalized.height);
    if (still?.hash !== finalized.hash) {
      throw new FinalityViolated(`block ${finalized.height} was ${finalized.hash}`);
    }
    const here = await chain.blockAt(block.height);
    if (here?.hash !== block.hash) return [{ kind: "undo", lastValid: finalized }];
    const next = await chain.blockAt(block.height + 1n);
    // The chain moved between the two questions: ask again.
    if (next?.parentHash !== block.hash) throw new NodeError("the chain moved while it was read");
    return [{ kind: "block", block: next }];
  }

  /** One block for those addresses that were watched after it was read. */
  async #catchUp(at: BlockRef): Promise<boolean> {
    const height = await this.#o.store.behind();
    if (height === undefined) return false;
    const block = await this.#o.chain.blockAt(height);
    if (block === undefined) throw new NodeError(`no node has block ${height} any more`);
    await this.#o.store.catchUp(at, block, await this.#payments(block));
    return true;
  }

  #payments(block: BlockRef) {
    return readPayments(this.#o.chain.nodes(), block, this.#o.assets);
  }
}
