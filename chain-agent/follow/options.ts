import type { Header } from "../adapters/adapter.ts";
import type { Violation } from "./finality-store.ts";
import type { Expected } from "./node-watch.ts";

export interface FollowOptions extends Expected {
  readonly insecure: boolean;
  /** Nodes that must agree. */
  readonly quorum: number;
  /** A node so many blocks behind the quorum is left out. */
  readonly lagBlocks: number;
  /** A head older than that is LAGGING. */
  readonly staleMs: number;
  /** Between two polls of a node. */
  readonly pollMs: number;
  /** How long a head that no quorum has any more is still served, before an undo. */
  readonly retractMs: number;
  /** How many blocks below the finalized one a reader may go on from. */
  readonly retentionBlocks: number;
  /** Between two comparisons of what is final with the other agents; 2 s where it is not given. */
  readonly compareMs?: number;
}

/** What is told as it happens. */
export interface FollowEvents {
  undone?(from: Header, lastValid: Header): void;
  violated?(violation: Violation): void;
  /** The database could not be asked about finality. */
  storeFailed?(error: unknown): void;
}
