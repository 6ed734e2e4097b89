import type { BlockRef, Header } from "../adapters/adapter.ts";
import type { FinalityStore, Violation } from "./finality-store.ts";

export interface GuardEvents {
  violated(violation: Violation): void;
  /** Somebody has looked, and takes the chain as it is now. */
  acknowledged(): void;
  /** For the first time what is final here was held against what any agent ever called final. */
  compared(): void;
  storeFailed(error: unknown): void;
}

/** Keeps the promise of finality over restarts and between agents: what breaks it stops everything until a person looked. */
export class FinalityGuard {
  readonly #store: FinalityStore;
  readonly #events: GuardEvents;
  #violation: Violation | undefined;
  #reported = false;
  #compared = false;
  /** What was final when this agent began: the node must have come so far, and have it. */
  #owed: BlockRef | undefined;
  #comparing: Promise<void> | undefined;

  constructor(store: FinalityStore, events: GuardEvents) {
    this.#store = store;
    this.#events = events;
  }

  get violation(): Violation | undefined {
    return this.#violation;
  }

  get compared(): boolean {
    return this.#compared;
  }

  /** The first violation counts. */
  violate(finalized: BlockRef, found: BlockRef, message: string): void {
    if (this.#violation !== undefined) return;
    this.#violation = {
      finalized: { height: finalized.height, hash: finalized.hash },
      found: { height: found.height, hash: found.hash },
      message,
      time: new Date(),
    };
    this.#reported = false;
    this.#events.violated(this.#violation);
  }

  /**
   * Tells the other agents of a violation, learns of theirs, and holds what is final here against what ever was. One
   * comparison at a time; never throws.
   */
  compare(
    final: () => Header | undefined,
    blockAt: (height: bigint) => Promise<Header | undefined>,
  ): Promise<void> {
    this.#comparing ??= this.#agree()
      .then(async (good) => {
        const now = final();
        if (good && now !== undefined) await this.#check(now, blockAt);
      })
      .catch((error: unknown) => this.#events.storeFailed(error))
      .finally(() => {
        this.#comparing = undefined;
      });
    return this.#comparing;
  }

  /** Whether nobody knows of a violation. */
  async #agree(): Promise<boolean> {
    if (this.#violation !== undefined && !this.#reported) {
      await this.#store.report(this.#violation);
      this.#reported = true;
    }
    const known = await this.#store.violation();
    if (known === undefined && this.#violation !== undefined && this.#reported) {
      this.#violation = undefined;
      this.#compared = false;
      this.#owed = undefined;
      this.#events.acknowledged();
    }
    if (known !== undefined && this.#violation === undefined) {
      this.#violation = known;
      this.#reported = true;
      this.#events.violated(known);
    }
    return this.#violation === undefined;
  }

  async #check(
    final: Header,
    blockAt: (height: bigint) => Promise<Header | undefined>,
  ): Promise<void> {
    this.#owed ??= await this.#store.checkpoint();
    if (this.#owed !== undefined && !this.#compared) {
      // A node that is behind what was final says nothing of it yet.
      if (this.#owed.height > final.height) return;
      if (!(await this.#holds(this.#owed, blockAt))) return;
    }
    const checkpoint = await this.#store.checkpoint();
    if (checkpoint !== undefined && checkpoint.height <= final.height) {
      if (!(await this.#holds(checkpoint, blockAt))) return;
    }
    await this.#store.advance(final);
    if (this.#compared) return;
    this.#compared = true;
    this.#events.compared();
  }

  async #holds(
    checkpoint: BlockRef,
    blockAt: (height: bigint) => Promise<Header | undefined>,
  ): Promise<boolean> {
    const found = await blockAt(checkpoint.height);
    if (found === undefined || found.hash === checkpoint.hash) return true;
    this.violate(checkpoint, found, `block ${checkpoint.height} was final as ${checkpoint.hash}`);
    return false;
  }
}
