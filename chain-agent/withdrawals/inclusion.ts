import { type BlockRef, type ChainNode, type Inclusion, NodeError } from "../adapters/adapter.ts";
import type { CanonicalChain } from "../follow/canonical-chain.ts";
import type { Candidate, Mined } from "./store.ts";

/** Nodes whose word is needed, where there are so many. */
const wordsNeeded = 2;

/** What nodes say of a transaction: where it is, nowhere, or too few of them anything. */
type Found =
  | { readonly kind: "in"; readonly inclusion: Inclusion }
  | { readonly kind: "nowhere" }
  | { readonly kind: "unclear" };

export type Fate =
  | {
      readonly kind: "mined";
      readonly mined: Mined;
      readonly by: Candidate;
      readonly paid: boolean;
    }
  /** No node knows any of the candidates. */
  | { readonly kind: "none" }
  | { readonly kind: "unclear" };

/** Looks every candidate up, on as many nodes as it takes; what is found must be in the canonical chain. */
export async function fateOf(
  chain: CanonicalChain,
  candidates: readonly Candidate[],
): Promise<Fate> {
  let unclear = false;
  // The newest pays the most: it is the likeliest.
  for (const by of candidates.toReversed()) {
    const found = await lookUp(chain.nodes(), by.hash);
    if (found.kind === "unclear") unclear = true;
    if (found.kind !== "in") continue;
    const { block, fee, succeeded } = found.inclusion;
    if (!(await chain.isCanonical(block))) return { kind: "unclear" };
    return { kind: "mined", mined: { hash: by.hash, block, fee }, by, paid: succeeded };
  }
  return unclear ? { kind: "unclear" } : { kind: "none" };
}

async function lookUp(nodes: readonly ChainNode[], hash: string): Promise<Found> {
  const needed = Math.min(wordsNeeded, nodes.length);
  const words: (Inclusion | undefined)[] = [];
  for (const node of nodes) {
    if (words.length === needed) break;
    try {
      words.push(await node.inclusion(hash));
    } catch (error) {
      // A node that does not answer has no word.
      if (!(error instanceof NodeError)) throw error;
    }
  }
  const [first] = words;
  if (words.length < needed || needed === 0) return { kind: "unclear" };
  if (words.every((word) => word === undefined)) return { kind: "nowhere" };
  if (first === undefined || !words.every((word) => word !== undefined && alike(word, first))) {
    return { kind: "unclear" };
  }
  return { kind: "in", inclusion: first };
}

const sameBlock = (a: BlockRef, b: BlockRef) => a.height === b.height && a.hash === b.hash;

function alike(a: Inclusion, b: Inclusion): boolean {
  return sameBlock(a.block, b.block) && a.succeeded === b.succeeded;
}
