import { type BlockRef, type ChainNode, NodeError, type Payment } from "../adapters/adapter.ts";

/** Two nodes say different things of one block. No money is booked on either's word. */
export class Disagreement extends Error {
  override readonly name = "Disagreement" as const;
}

/** Nodes whose word a payment needs, where there are so many. */
const wordsNeeded = 2;

function keyOf({ transactionHash, output, address, asset, amount }: Payment): string {
  return `${transactionHash}/${output} ${address} ${asset} ${amount}`;
}

/**
 * The payments of a block in some assets, as two of the agreeing nodes tell them alike, or the only one. Read by the
 * block's hash, never transaction by transaction: during a reorg a node has no receipts for a while
 * (openethereum/parity-ethereum#7689), and what is missing then would be missed for ever.
 */
export async function readPayments(
  nodes: readonly ChainNode[],
  block: BlockRef,
  assets: ReadonlySet<string>,
): Promise<readonly Payment[]> {
  if (nodes.length === 0) throw new NodeError("no nodes agree now");
  const needed = Math.min(wordsNeeded, nodes.length);
  let first: { payments: readonly Payment[]; keys: string; node: string } | undefined;
  let words = 0;
  for (const node of nodes) {
    const told = await wordOf(node, block);
    if (told === undefined) continue;
    const payments = told.filter(({ asset, amount }) => assets.has(asset) && amount > 0n);
    const keys = payments.map(keyOf).sort().join("\n");
    first ??= { payments, keys, node: node.name };
    if (first.keys !== keys) {
      throw new Disagreement(`${first.node} and ${node.name} differ on block ${block.hash}`);
    }
    words += 1;
    if (words === needed) return first.payments;
  }
  throw new NodeError(`${words} of ${needed} nodes have the payments of block ${block.hash}`);
}

/** A node that does not answer has no word. */
async function wordOf(node: ChainNode, block: BlockRef): Promise<readonly Payment[] | undefined> {
  try {
    return await node.payments(block);
  } catch (error) {
    if (error instanceof NodeError) return undefined;
    throw error;
  }
}
