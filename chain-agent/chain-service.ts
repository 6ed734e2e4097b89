import {
  type Adapter,
  type BlockRef,
  type ChainNode,
  type Header,
  UnknownAsset,
} from "./adapters/adapter.ts";
import { Refusal } from "./errors.ts";
import { FinalityViolated, NoQuorum } from "./follow/canonical-chain.ts";
import { serves } from "./follow/chain-state.ts";
import type { Follower } from "./follow/follower.ts";
import {
  ChainServiceService,
  type GetBalanceRequest,
  type GetBlockRequest,
  type WatchChainStatusResponse,
} from "./generated/pitboss/chain/v1/chain.ts";
import { checkChain, invalid } from "./requests.ts";
import { type Call, endReason, type Service, service } from "./service.ts";
import { SharedBlocks } from "./stream/shared-blocks.ts";
import { streamBlocks } from "./stream/stream-blocks.ts";

export interface ChainServiceOptions {
  readonly chain: Follower;
  readonly adapter: Adapter;
  /** CAIP-2. */
  readonly chainId: string;
  /** namespace/name of the Chain object. */
  readonly name: string;
  readonly network: string;
  readonly insecure: boolean;
  readonly heartbeatMs: number;
  readonly retentionBlocks: number;
}

/** ChainService over the follower. It serves whatever the chain's state is: the state is one of its answers. */
export function chainService(options: ChainServiceOptions): Service {
  const { chain, adapter, chainId, name, network, insecure } = options;
  const shared = new SharedBlocks();
  const check = (asked: string) => checkChain(asked, chainId);
  const { protocol, nativeAsset, nativeDigits } = adapter;
  const self = {
    ...{ chainId, name, network, insecure, protocol, nativeAsset, nativeDigits },
    quorum: chain.quorum,
  };
  return service(ChainServiceService, {
    listChains: async () => ({ chains: [self] }),
    async getChainStatus(request) {
      check(request.chainId);
      return { status: chain.status() };
    },
    watchChainStatus(request, call) {
      check(request.chainId);
      return watchStatus(options, call);
    },
    async getBlock(request) {
      check(request.chainId);
      const block = await findBlock(chain, request.block);
      if (block === undefined) throw new Refusal("UNKNOWN_BLOCK");
      return shared.answer(block, block.height <= (chain.finalized?.height ?? -1n));
    },
    streamBlocks(request, call) {
      check(request.chainId);
      return streamBlocks({ ...options, shared }, request, call);
    },
    async getBalance(request) {
      check(request.chainId);
      return balance(options, request);
    },
    async estimateFee({ chainId: id, asset, targetBlocks }) {
      check(id);
      const known = assetOf(adapter, asset);
      const [node] = agreeing(chain);
      const { fee, rate, tip } = await node.fee(known, targetBlocks);
      return { fee: `${fee}`, rate: `${rate}`, tip: `${tip}` };
    },
  });
}

/** The nodes that agree; refuses where nothing may be read. */
function agreeing(chain: Follower): readonly [ChainNode, ...ChainNode[]] {
  if (chain.violation !== undefined) throw new FinalityViolated(chain.violation.message);
  const [first, ...more] = chain.nodes();
  if (!serves(chain.state()) || first === undefined) throw new NoQuorum("too few nodes agree");
  return [first, ...more];
}

async function findBlock(
  chain: Follower,
  wanted: GetBlockRequest["block"],
): Promise<Header | undefined> {
  if (wanted === undefined) throw invalid("block", "name a height or a hash");
  const nodes = agreeing(chain);
  if (wanted.$case === "height") return chain.blockAt(wanted.value);
  const hash = wanted.value.toLowerCase();
  if (!/^(0x)?[0-9a-f]{64}$/.test(hash)) throw invalid("hash", "that is no hash");
  const found = await nodes[0].header(hash);
  return found !== undefined && (await chain.isCanonical(found)) ? found : undefined;
}

function assetOf(adapter: Adapter, text: string): string {
  const asset = adapter.asset(text);
  if (asset === undefined) throw invalid("asset", undefined, "BAD_ASSET");
  return asset;
}

/** Read at one block by its hash, of the first node that has it. */
async function balance(
  { chain, adapter }: ChainServiceOptions,
  request: GetBalanceRequest,
): Promise<{ amount: string; block: { height: bigint; hash: string } }> {
  const address = adapter.address(request.address);
  if (address === undefined) throw invalid("address", undefined, "BAD_ADDRESS");
  const asset = assetOf(adapter, request.asset);
  const nodes = agreeing(chain);
  const block = request.final ? chain.finalized : chain.head;
  if (block === undefined) throw new NoQuorum("no block is final yet");
  const { height, hash } = block;
  for (const node of nodes) {
    const amount = await balanceAt(node, address, asset, block);
    if (amount !== undefined) return { amount: `${amount}`, block: { height, hash } };
  }
  throw new Refusal("NODE_AWAY", "no node has the state of that block", { height: `${height}` });
}

async function balanceAt(node: ChainNode, address: string, asset: string, block: BlockRef) {
  try {
    return await node.balance(address, asset, block);
  } catch (error) {
    if (error instanceof UnknownAsset) throw invalid("asset", error.message, "BAD_ASSET");
    throw error;
  }
}

async function* watchStatus(
  { chain, heartbeatMs }: ChainServiceOptions,
  call: Call,
): AsyncGenerator<WatchChainStatusResponse> {
  const awake = AbortSignal.any([call.signal, call.draining]);
  while (!awake.aborted) {
    yield { event: { $case: "status", value: chain.status() } };
    await chain.changed(heartbeatMs, awake);
  }
  if (!call.signal.aborted) yield { event: { $case: "end", value: { reason: endReason(call) } } };
}
