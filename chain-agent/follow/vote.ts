import type { Header } from "../adapters/adapter.ts";
import type { HeaderTree } from "./header-tree.ts";

/** How many of the tips are a block or descend from it. */
export function votesFor(tree: HeaderTree, block: Header, tips: readonly Header[]): number {
  return tips.filter((tip) => tree.leadsTo(block, tip)).length;
}

/**
 * The highest block that at least `quorum` tips are or descend from: the common ancestor of the best group. Where two are
 * equally high the one with more votes wins, then the one that is served now, then the lower hash, so that all agents
 * choose alike.
 */
export function electHead(
  tree: HeaderTree,
  tips: readonly Header[],
  quorum: number,
  served: Header | undefined,
): Header | undefined {
  const distinct = [...new Map(tips.map((tip) => [tip.hash, tip])).values()];
  const candidates = new Map(distinct.map((tip) => [tip.hash, tip]));
  for (const [index, a] of distinct.entries()) {
    for (const b of distinct.slice(index + 1)) {
      const shared = tree.commonAncestor(a, b);
      if (shared !== undefined) candidates.set(shared.hash, shared);
    }
  }
  const elected = [...candidates.values()]
    .map((block) => ({
      block,
      votes: votesFor(tree, block, tips),
      served: served !== undefined && tree.leadsTo(served, block),
    }))
    .filter(({ votes }) => votes >= quorum)
    .sort(
      (a, b) =>
        Number(b.block.height - a.block.height) ||
        b.votes - a.votes ||
        Number(b.served) - Number(a.served) ||
        (a.block.hash < b.block.hash ? -1 : 1),
    );
  return elected[0]?.block;
}

/** The highest height that at least `quorum` of the nodes call final. */
export function electFinal(heights: readonly bigint[], quorum: number): bigint | undefined {
  return heights.toSorted((a, b) => (a < b ? 1 : -1))[quorum - 1];
}
