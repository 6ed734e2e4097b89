import type { BlockRef, Header } from "../adapters/adapter.ts";
import { ChainState, type ChainStatus, NodeState } from "../generated/pitboss/chain/v1/chain.ts";
import type { Violation } from "./finality-store.ts";
import { described, type Judged } from "./judge.ts";

/** What the state of a chain follows from. */
export interface ChainView {
  readonly judged: readonly Judged[];
  readonly quorum: number;
  readonly head: Header | undefined;
  readonly headAgeMs: number;
  readonly staleMs: number;
  /** Blocks behind the highest node, and how many are too many. */
  readonly lag: bigint;
  readonly lagBlocks: bigint;
  readonly violation: Violation | undefined;
}

/** The worst that holds. */
export function stateOf(view: ChainView): ChainState {
  if (view.violation !== undefined) return ChainState.CHAIN_STATE_FINALITY_VIOLATION;
  const count = (state: NodeState) => view.judged.filter((one) => one.state === state).length;
  const agreeing = count(NodeState.NODE_STATE_OK);
  if (agreeing < view.quorum || view.head === undefined) {
    const syncing = count(NodeState.NODE_STATE_SYNCING);
    return syncing > 0 && agreeing + syncing >= view.quorum
      ? ChainState.CHAIN_STATE_SYNCING
      : ChainState.CHAIN_STATE_UNAVAILABLE;
  }
  const late = view.headAgeMs > view.staleMs || view.lag > view.lagBlocks;
  return late ? ChainState.CHAIN_STATE_LAGGING : ChainState.CHAIN_STATE_OK;
}

/** Whether reads are answered in this state; a late answer says that it is. */
export function serves(state: ChainState): boolean {
  return state === ChainState.CHAIN_STATE_OK || state === ChainState.CHAIN_STATE_LAGGING;
}

const ref = (block: BlockRef | undefined) =>
  block === undefined ? undefined : { height: block.height, hash: block.hash };

/** The status as the service tells it. */
export function statusOf(
  view: ChainView,
  chain: { readonly chainId: string; readonly insecure: boolean },
  finalized: BlockRef | undefined,
): ChainStatus {
  return {
    chainId: chain.chainId,
    insecure: chain.insecure,
    state: stateOf(view),
    head: ref(view.head),
    finalized: ref(finalized),
    headAgeMs: BigInt(view.headAgeMs),
    lag: view.lag,
    nodes: view.judged.map(described),
    violation: view.violation,
  };
}
