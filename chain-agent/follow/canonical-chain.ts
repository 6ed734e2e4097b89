import type { BlockRef, ChainNode, Header } from "../adapters/adapter.ts";
import type { ChainStatus } from "../generated/pitboss/chain/v1/chain.ts";

/** How far a reader has come: a block, and what was final then. What a cursor holds. */
export interface Position {
  readonly block: BlockRef;
  readonly finalized: BlockRef;
}

/** What a reader must do next. */
export type Step =
  | { readonly kind: "undo"; readonly lastValid: BlockRef }
  | { readonly kind: "block"; readonly block: Header };

/** The position is below what is kept: nobody can say what came after it. */
export class TooOld extends Error {
  override readonly name = "TooOld" as const;
}

/** What was final is not: nothing may be built on the chain until a person has looked. */
export class FinalityViolated extends Error {
  override readonly name = "FinalityViolated" as const;
}

/** No quorum yet, or no more. */
export class NoQuorum extends Error {
  override readonly name = "NoQuorum" as const;
}

/** What a quorum of the nodes agrees on; the same for streams, entropy, deposits and withdrawals. */
export interface CanonicalChain {
  /** The served head: it goes back only by an undo. Undefined before the first quorum. */
  readonly head: Header | undefined;
  readonly finalized: Header | undefined;
  status(): ChainStatus;
  /** Why money must not go out now, or undefined. */
  stopped(): string | undefined;
  /**
   * At most `max` steps that follow a position, oldest first: an undo where its block is no longer canonical, then blocks.
   * None at the head. Throws TooOld and FinalityViolated.
   */
  after(position: Position, max: number): Promise<readonly Step[]>;
  /** The canonical block at a height up to the head. */
  blockAt(height: bigint): Promise<Header | undefined>;
  /** Whether this very block is canonical. */
  isCanonical(block: BlockRef): Promise<boolean>;
  /** Resolves when head, finalized block or state change, or after `ms`, or when the signal fires. Never rejects. */
  changed(ms: number, signal?: AbortSignal): Promise<void>;
  /** The nodes that agree, the best first. */
  nodes(): readonly ChainNode[];
}
