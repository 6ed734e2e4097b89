import type { BlockRef, Header } from "../adapters/adapter.ts";
import { FinalityViolated, NoQuorum, type Position, type Step, TooOld } from "./canonical-chain.ts";
import type { HeaderTree } from "./header-tree.ts";
import type { ServedBranch } from "./served-branch.ts";

/** What is needed to tell what follows a position. */
export interface Canonical {
  readonly served: ServedBranch;
  readonly tree: HeaderTree;
  readonly finalized: Header | undefined;
  /** Why nothing may be built on the chain. */
  readonly violation: string | undefined;
  /** Blocks below the finalized one that a reader may go on from. */
  readonly retention: bigint;
  blockAt(height: bigint): Promise<Header | undefined>;
}

const lost = (finalized: BlockRef) =>
  new FinalityViolated(
    `block ${finalized.height} was final as ${finalized.hash} and is not canonical`,
  );

/** What follows a position, at most `max` steps; an undo comes alone. Empty at the head and before the first quorum. */
export async function stepsAfter(
  chain: Canonical,
  position: Position,
  max: number,
): Promise<Step[]> {
  const { served, tree, violation } = chain;
  const { block } = position;
  if (violation !== undefined) throw new FinalityViolated(violation);
  checkAge(chain, block);
  if (served.has(block)) return blocks(served.above(block.height, max));
  const { head, base } = served;
  if (head === undefined || base === undefined) return [];
  if (block.height > head.height) {
    const known = tree.get(block.hash);
    // Another replica was further, and this one will get there; unless the block is known to be of another branch.
    return known === undefined || tree.leadsTo(head, known)
      ? []
      : [await undoBranch(chain, position)];
  }
  if (block.height >= base.height) return [await undoBranch(chain, position)];
  return old(chain, position, base, max);
}

/** The same for every replica, however far back its own memory reaches. */
function checkAge({ finalized, retention }: Canonical, { height }: BlockRef): void {
  if (finalized === undefined) return;
  const lowest = finalized.height - retention;
  if (height + 1n < lowest) {
    throw new TooOld(`what follows block ${height} is too old: blocks from ${lowest} on are kept`);
  }
}

function blocks(headers: readonly Header[]): Step[] {
  return headers.map((block) => ({ kind: "block", block }));
}

/** The reader's block is on another branch: back to where that leaves ours, or else to what was final. */
async function undoBranch(chain: Canonical, { block, finalized }: Position): Promise<Step> {
  const known = chain.tree.get(block.hash);
  const fork = known === undefined ? undefined : chain.served.forkPoint(chain.tree, known);
  if (fork !== undefined && fork.height >= finalized.height) {
    return { kind: "undo", lastValid: { height: fork.height, hash: fork.hash } };
  }
  const canonical = await chain.blockAt(finalized.height);
  if (canonical?.hash !== finalized.hash) throw lost(finalized);
  return { kind: "undo", lastValid: finalized };
}

/** The reader's block is below the headers that are kept: they are asked of a node, and must link. */
async function old(
  chain: Canonical,
  { block, finalized }: Position,
  base: Header,
  max: number,
): Promise<Step[]> {
  // Below the genesis there is nothing to be held against; the genesis must link to it.
  const canonical = block.height < 0n ? block : await chain.blockAt(block.height);
  if (canonical?.hash !== block.hash) {
    const final = await chain.blockAt(finalized.height);
    if (final?.hash !== finalized.hash || finalized.hash === block.hash) throw lost(finalized);
    return [{ kind: "undo", lastValid: finalized }];
  }
  const headers: Header[] = [];
  let { hash } = block;
  for (
    let height = block.height + 1n;
    headers.length < max && height <= base.height;
    height += 1n
  ) {
    const next = await chain.blockAt(height);
    if (next?.parentHash !== hash) throw new NoQuorum(`a node lacks the old block ${height}`);
    headers.push(next);
    ({ hash } = next);
  }
  return blocks(headers);
}
