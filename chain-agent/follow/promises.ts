import type { BlockRef, Header } from "../adapters/adapter.ts";
import { NodeState } from "../generated/pitboss/chain/v1/chain.ts";
import type { HeaderTree } from "./header-tree.ts";
import { conflict, type Judged } from "./judge.ts";
import type { NodeWatch } from "./node-watch.ts";
import type { ServedBranch } from "./served-branch.ts";

/** What was final and is not. */
export interface Broken {
  readonly found: BlockRef;
  readonly message: string;
}

/** Holds what nodes say against what was final. */
export class Promises {
  readonly #patienceMs: number;
  /** Nodes that had the finalized block. */
  readonly #attesting = new Set<NodeWatch>();
  #lostSince: number | undefined;

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  /** Another block is final now, as these nodes say. */
  renewed(attesting: readonly NodeWatch[]): void {
    this.#attesting.clear();
    for (const watch of attesting) this.#attesting.add(watch);
    this.#lostSince = undefined;
  }

  /** The first promise that is broken. What a node that syncs says is not held against it. */
  broken(
    judged: readonly Judged[],
    tree: HeaderTree,
    served: ServedBranch,
    finalized: Header,
  ): Broken | undefined {
    const settled = judged.filter(({ state }) => state !== NodeState.NODE_STATE_SYNCING);
    for (const one of settled) {
      const found = conflict(one, tree, served, finalized);
      if (found === undefined) continue;
      const { name } = one.watch.node;
      return { found, message: `${name} has another block ${found.height} than the final one` };
    }
    return this.#lost(judged, settled, finalized);
  }

  /** A final block that all nodes have lost is no block, even before another stands in its place. */
  #lost(
    judged: readonly Judged[],
    settled: readonly Judged[],
    finalized: Header,
  ): Broken | undefined {
    const { height } = finalized;
    const attesting = judged.filter(
      ({ forkPoint }) => forkPoint !== undefined && forkPoint.height >= height,
    );
    for (const { watch } of attesting) this.#attesting.add(watch);
    const below = settled.find(
      ({ head, watch }) => head !== undefined && head.height < height && this.#attesting.has(watch),
    );
    if (attesting.length > 0 || below === undefined) {
      this.#lostSince = undefined;
      return undefined;
    }
    // A node that starts again may be behind itself for a moment.
    this.#lostSince ??= performance.now();
    if (performance.now() - this.#lostSince < this.#patienceMs) return undefined;
    const { name } = below.watch.node;
    const message = `${name} went back to block ${below.head?.height}, below the final block ${height}`;
    return { found: { height, hash: "" }, message };
  }
}
