import { type ChainNode, NodeError } from "../adapters/adapter.ts";

/** The answer of the first node that answers at all; throws the last one's NodeError where none does. */
export async function firstAnswer<T>(
  nodes: readonly ChainNode[],
  question: (node: ChainNode) => Promise<T>,
): Promise<T> {
  let away: NodeError | undefined;
  for (const node of nodes) {
    try {
      return await question(node);
    } catch (error) {
      if (!(error instanceof NodeError)) throw error;
      away = error;
    }
  }
  throw away ?? new NodeError("no node answers");
}
