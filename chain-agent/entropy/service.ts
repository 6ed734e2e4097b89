import { Refusal } from "../errors.ts";
import { FinalityViolated, NoQuorum } from "../follow/canonical-chain.ts";
import { serves } from "../follow/chain-state.ts";
import type { Follower } from "../follow/follower.ts";
import { ChainState } from "../generated/pitboss/chain/v1/chain.ts";
import {
  type AwaitEntropyResponse,
  type Entropy,
  EntropyServiceService,
} from "../generated/pitboss/chain/v1/entropy.ts";
import { checkChain, checkId, invalid } from "../requests.ts";
import { type Call, endReason, type Service, service } from "../service.ts";
import { attest } from "./attest.ts";
import type { EntropyStore, NamedChain, StoredEntropy } from "./store.ts";

export interface EntropyOptions {
  readonly chain: Follower;
  readonly store: EntropyStore;
  readonly named: NamedChain;
  /** Least distance of a height from the head. */
  readonly blocksAhead: number;
  readonly heartbeatMs: number;
}

/** Beyond that nobody would wait: three weeks of Ethereum. */
const blocksAheadMax = 150_000;

/** EntropyService over the follower and the commitments in PostgreSQL. */
export function entropyService(options: EntropyOptions): Service {
  const { chain, store } = options;
  const find = async (id: string): Promise<StoredEntropy> => {
    checkId("request_id", id);
    const found = await store.get(id);
    if (found === undefined) throw new Refusal("UNKNOWN_COMMITMENT");
    return found;
  };
  return service(
    EntropyServiceService,
    {
      async commitEntropyHeight(request) {
        const { commitment } = await commit(options, request);
        return { commitment };
      },
      async getEntropy(request) {
        return { entropy: await entropyOf(options, await find(request.requestId)) };
      },
      awaitEntropy: (request, call) => wait(options, () => find(request.requestId), call),
    },
    () => chain.stopped() === undefined,
  );
}

async function commit(
  { chain, store, named, blocksAhead: least }: EntropyOptions,
  request: { requestId: string; chainId: string; blocksAhead: number },
): Promise<StoredEntropy> {
  checkChain(request.chainId, named.chainId);
  checkId("request_id", request.requestId);
  const blocksAhead = request.blocksAhead === 0 ? least : request.blocksAhead;
  if (blocksAhead < least || blocksAhead > blocksAheadMax) {
    throw invalid("blocks_ahead", `blocks_ahead is ${least} to ${blocksAheadMax}`);
  }
  const before = await store.get(request.requestId);
  const kept =
    before ?? (await store.commit(request.requestId, freshHead(chain, named), blocksAhead));
  if (kept.commitment.blocksAhead !== blocksAhead) throw new Refusal("OTHER_BODY");
  return kept;
}

/**
 * The highest head that any node has shown: the height must not exist anywhere. An old head proves nothing, since the agent
 * may be cut off; on a development chain blocks come only when somebody makes them.
 */
function freshHead(chain: Follower, { insecure }: NamedChain) {
  if (chain.violation !== undefined) throw new FinalityViolated(chain.violation.message);
  const state = chain.state();
  const fresh = state === ChainState.CHAIN_STATE_OK || (insecure && serves(state));
  const { highest } = chain;
  if (!fresh || highest === undefined)
    throw new NoQuorum("the head is old, or too few nodes agree");
  return highest;
}

/** The entropy of a commitment, or why it is not known yet. */
async function entropyOf(
  { chain, store }: EntropyOptions,
  { commitment, revealed }: StoredEntropy,
): Promise<Entropy> {
  const { height } = commitment;
  if (revealed !== undefined) return entropy(commitment, revealed);
  if (chain.violation !== undefined) throw new FinalityViolated(chain.violation.message);
  const attested = await attest(chain, height);
  if (attested.agreed < chain.quorum || attested.block === undefined) {
    throw new Refusal("NOT_FINAL", `block ${height} is not final by ${chain.quorum} nodes yet`, {
      height: `${height}`,
      finalized: `${chain.finalized?.height ?? ""}`,
      nodes_agreed: `${attested.agreed}`,
      quorum: `${chain.quorum}`,
    });
  }
  const nodes = chain.all.length;
  await store.reveal(attested.block, attested.agreed, nodes);
  return entropy(commitment, { hash: attested.block.hash, nodesAgreed: attested.agreed, nodes });
}

function entropy(
  commitment: StoredEntropy["commitment"],
  { hash, nodesAgreed, nodes }: NonNullable<StoredEntropy["revealed"]>,
): Entropy {
  const block = { height: commitment.height, hash };
  return { commitment, block, entropy: hash.replace(/^0x/, ""), nodesAgreed, nodes };
}

async function* wait(
  options: EntropyOptions,
  find: () => Promise<StoredEntropy>,
  call: Call,
): AsyncGenerator<AwaitEntropyResponse> {
  const { chain, heartbeatMs } = options;
  const awake = AbortSignal.any([call.signal, call.draining]);
  let toldAt = Number.NEGATIVE_INFINITY;
  while (!call.signal.aborted) {
    // Another replica may know it by now.
    const found = await find();
    const value = await notYet(entropyOf(options, found));
    if (value !== undefined) {
      yield { event: { $case: "entropy", value } };
      return;
    }
    if (call.draining.aborted) {
      yield { event: { $case: "end", value: { reason: endReason(call) } } };
      return;
    }
    if (performance.now() - toldAt >= heartbeatMs) {
      toldAt = performance.now();
      const { head, finalized } = chain.status();
      const progress = { commitment: found.commitment, head, finalized };
      yield { event: { $case: "progress", value: progress } };
    }
    await chain.changed(heartbeatMs, awake);
  }
}

/** Undefined where it is only too early. */
async function notYet(entropy: Promise<Entropy>): Promise<Entropy | undefined> {
  try {
    return await entropy;
  } catch (error) {
    if (error instanceof Refusal && error.reason === "NOT_FINAL") return undefined;
    throw error;
  }
}
