import { type ChainNode, type Header, NodeError } from "../adapters/adapter.ts";
import type { HeaderTree } from "./header-tree.ts";

/** A gap of a block or two is usual; only a long one is worth asking for many at once. */
const oneByOne = 4;
const atOnce = 32n;

/**
 * Adds what the tree lacks of a node's branch, from its tip down to a height. A branch that changes meanwhile is a
 * NodeError: the next poll sees the new one.
 */
export async function fetchBranch(
  node: ChainNode,
  tree: HeaderTree,
  tip: Header,
  floor: bigint,
): Promise<void> {
  const fetched = [tip];
  let lowest = tip;
  while (lowest.height > floor && lowest.height > 0n) {
    const known = tree.parent(lowest);
    if (known !== undefined) {
      lowest = known;
      continue;
    }
    const few = fetched.length < oneByOne;
    const more = few ? [await parentOf(node, lowest)] : await linked(node, lowest, floor);
    fetched.push(...more);
    lowest = more.at(-1) ?? lowest;
  }
  tree.add(fetched);
}

async function parentOf(node: ChainNode, { height, parentHash }: Header): Promise<Header> {
  const parent = await node.header(parentHash);
  if (parent?.hash !== parentHash || parent.height !== height - 1n) {
    throw new NodeError(`${node.name} does not have the parent of its block ${height}`);
  }
  return parent;
}

/** Several by height, as far as they link; at least the parent. */
async function linked(node: ChainNode, from: Header, floor: bigint): Promise<Header[]> {
  const heights: bigint[] = [];
  const bottom = floor > 0n ? floor : 0n;
  const last = from.height - atOnce > bottom ? from.height - atOnce : bottom;
  for (let height = from.height - 1n; height >= last; height -= 1n) heights.push(height);
  const found = await Promise.all(heights.map((height) => node.headerAt(height)));
  const headers: Header[] = [];
  let { parentHash } = from;
  for (const header of found) {
    if (header === undefined || header.hash !== parentHash) break;
    headers.push(header);
    ({ parentHash } = header);
  }
  return headers.length > 0 ? headers : [await parentOf(node, from)];
}
