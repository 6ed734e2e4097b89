import type { Header } from "../adapters/adapter.ts";
import type { Follower } from "../follow/follower.ts";

export interface Attested {
  /** The canonical block, where it is final. */
  readonly block: Header | undefined;
  /** Nodes that call it final and have this very block. */
  readonly agreed: number;
}

/**
 * Asks every node that calls a height final for its block there. One that has another block breaks the promise of finality;
 * one that does not answer only does not count.
 */
export async function attest(chain: Follower, height: bigint): Promise<Attested> {
  const final = height <= (chain.finalized?.height ?? -1n);
  const block = final ? await chain.blockAt(height) : undefined;
  if (block === undefined) return { block, agreed: 0 };
  const nodes = chain.finalNodes(height);
  const answers = await Promise.allSettled(nodes.map((node) => node.headerAt(height)));
  const found = answers.flatMap((one) => (one.status === "fulfilled" ? (one.value ?? []) : []));
  const other = found.find(({ hash }) => hash !== block.hash);
  if (other === undefined) return { block, agreed: found.length };
  chain.dispute(other, `nodes have different blocks ${height}, which is final`);
  return { block, agreed: 0 };
}
