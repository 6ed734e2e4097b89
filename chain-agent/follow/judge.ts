import type { BlockRef, ChainNode, Header } from "../adapters/adapter.ts";
import { type Node, NodeState } from "../generated/pitboss/chain/v1/chain.ts";
import type { HeaderTree } from "./header-tree.ts";
import type { NodeWatch } from "./node-watch.ts";
import type { ServedBranch } from "./served-branch.ts";

/** A node beside what is served. */
export interface Judged {
  readonly watch: NodeWatch;
  readonly state: NodeState;
  readonly message: string;
  readonly head?: Header;
  /** Where its branch leaves the served one; undefined where it is not connected. */
  readonly forkPoint?: Header | undefined;
  /** The highest height that it calls final. */
  readonly final?: bigint;
}

export interface Bounds {
  readonly quorum: number;
  /** A node so many blocks behind the quorum is left out. */
  readonly lagBlocks: bigint;
}

/** The height that at least `quorum` nodes have reached: one node alone cannot make the others look late. */
function reached(watches: readonly NodeWatch[], quorum: number): bigint {
  const heights = watches
    .flatMap(({ answer }) => (answer.kind === "tip" ? [answer.head.height] : []))
    .sort((a, b) => (a < b ? 1 : -1));
  return heights[Math.min(quorum, heights.length) - 1] ?? 0n;
}

function judgeOne(
  watch: NodeWatch,
  tree: HeaderTree,
  served: ServedBranch,
  oldest: bigint,
): Judged {
  const { answer } = watch;
  if (answer.kind === "silent") {
    return { watch, state: NodeState.NODE_STATE_UNAVAILABLE, message: answer.message };
  }
  if (answer.kind === "wrong") {
    return { watch, state: NodeState.NODE_STATE_WRONG_CHAIN, message: answer.message };
  }
  const { head, final } = answer;
  const forkPoint = served.forkPoint(tree, head);
  const seen = { watch, head, forkPoint, final };
  if (answer.syncing) {
    return { ...seen, state: NodeState.NODE_STATE_SYNCING, message: "it syncs" };
  }
  if (head.height < oldest) {
    const message = `it is at block ${head.height}, more than allowed behind the others`;
    return { ...seen, state: NodeState.NODE_STATE_LAGGING, message };
  }
  const forked =
    served.head !== undefined &&
    forkPoint?.hash !== head.hash &&
    forkPoint?.hash !== served.head.hash;
  if (forked) {
    const message = `its block ${head.height} is on another branch, which leaves the served one at ${forkPoint?.height ?? "an unknown block"}`;
    return { ...seen, state: NodeState.NODE_STATE_FORKED, message };
  }
  return { ...seen, state: NodeState.NODE_STATE_OK, message: "" };
}

/** Judges every node by what it last said. */
export function judge(
  watches: readonly NodeWatch[],
  tree: HeaderTree,
  served: ServedBranch,
  { quorum, lagBlocks }: Bounds,
): Judged[] {
  const oldest = reached(watches, quorum) - lagBlocks;
  return watches.map((watch) => judgeOne(watch, tree, served, oldest));
}

/** Those whose word counts: they answer, are on the right network, and neither sync nor lag. */
export function voters(judged: readonly Judged[]): (Judged & { readonly head: Header })[] {
  return judged.flatMap((one) => {
    const counts =
      one.state === NodeState.NODE_STATE_OK || one.state === NodeState.NODE_STATE_FORKED;
    return counts && one.head !== undefined ? [{ ...one, head: one.head }] : [];
  });
}

/** The nodes that agree with what is served, the highest first. */
export function agreeing(judged: readonly Judged[]): readonly ChainNode[] {
  return voters(judged)
    .filter(({ state }) => state === NodeState.NODE_STATE_OK)
    .sort((a, b) => Number(b.head.height - a.head.height))
    .map(({ watch }) => watch.node);
}

/** What a node has at or below the finalized block that is not what was served there; a broken promise. */
export function conflict(
  { head, forkPoint, watch: { answer } }: Judged,
  tree: HeaderTree,
  served: ServedBranch,
  finalized: Header,
): BlockRef | undefined {
  if (head === undefined || answer.kind !== "tip") return undefined;
  const { tagged } = answer;
  const other = tagged === undefined ? undefined : served.at(tagged.height);
  if (tagged !== undefined && other !== undefined && tagged.height <= finalized.height) {
    if (other.hash !== tagged.hash) return tagged;
  }
  if (forkPoint === undefined) return tree.ancestorAt(head, finalized.height);
  return forkPoint.height < finalized.height && forkPoint.hash !== head.hash
    ? (tree.ancestorAt(head, forkPoint.height + 1n) ?? head)
    : undefined;
}

/** A node as the status tells of it. */
export function described({ watch, state, message, head }: Judged): Node {
  const { answer, node } = watch;
  const ref = ({ height, hash }: BlockRef) => ({ height, hash });
  return {
    name: node.name,
    state,
    message,
    head: head === undefined ? undefined : ref(head),
    finalized:
      answer.kind === "tip" && answer.tagged !== undefined ? ref(answer.tagged) : undefined,
    peers: answer.kind === "tip" ? answer.peers : undefined,
  };
}
