import assert from "node:assert/strict";
import { status } from "@grpc/grpc-js";
import { after, before, describe, it } from "mocha";
import { type MountedSecret, mountSecret } from "../runtime/testing-secret.ts";
import { agentEnvironment, startAgent, type TestAgent } from "../test/harness/agent.ts";
import { type Anvil, startAnvil } from "../test/harness/anvil.ts";
import { type ChainDatabase, chainDatabase } from "../test/harness/chain.ts";
import { withClient } from "../test/harness/database.ts";
import { failure } from "../test/harness/failure.ts";
import { twins } from "../test/harness/follower.ts";
import { until } from "../test/harness/until.ts";
import {
  ChainState,
  type StreamBlocksResponse,
  type WatchChainStatusResponse,
} from "./generated/pitboss/chain/v1/chain.ts";

const chainId = "";
const rich = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";
const poor = "0x000000000000000000000000000000000000dEaD";
const everything: Asked = {
  ...{ chainId, cursor: "", startHeight: undefined, stopHeight: undefined },
  finalOnly: false,
};

interface Asked {
  readonly chainId: string;
  readonly cursor: string;
  readonly startHeight: bigint | undefined;
  readonly stopHeight: bigint | undefined;
  readonly finalOnly: boolean;
}

/** Messages of a stream until one is the last that is wanted. */
async function readUntil<T>(
  stream: AsyncIterable<T>,
  last: (message: T, seen: readonly T[]) => boolean | Promise<boolean>,
): Promise<T[]> {
  const seen: T[] = [];
  for await (const message of stream) {
    seen.push(message);
    if (await last(message, seen)) break;
  }
  return seen;
}

describe("an agent", () => {
  let database: ChainDatabase;
  let secret: MountedSecret;
  let node: Anvil;
  let agent: TestAgent;

  before(async () => {
    database = await chainDatabase();
    secret = await mountSecret(database.agentUrl);
    node = await startAnvil();
    await node.mine(30);
    agent = await startAgent(agentEnvironment([node.url], secret.directory));
  });

  after(async () => {
    await agent.stop();
    await node.stop();
    await database.drop();
    await secret.remove();
  });

  async function read(request: Partial<Asked>): Promise<StreamBlocksResponse[]> {
    const stream = agent.client.chain.streamBlocks({ ...everything, ...request });
    const messages = await readUntil(stream, () => false);
    return messages.filter(({ event }) => event?.$case !== "heartbeat");
  }

  const heights = (messages: readonly StreamBlocksResponse[]) =>
    messages.flatMap(({ event }) => (event?.$case === "block" ? [event.value.height] : []));

  describe("ChainService", () => {
    it("says which chain it serves, and how that stands", async () => {
      const { chains } = await agent.client.chain.listChains({});
      assert.deepEqual(chains, [
        {
          ...{ chainId: "eip155:31337", name: "casino/local", protocol: "ethereum" },
          ...{ insecure: true, network: "anvil", quorum: 1 },
          ...{ nativeAsset: "eip155:31337/slip44:60", nativeDigits: 18 },
        },
      ]);
      const { status: now } = await agent.client.chain.getChainStatus({ chainId: "eip155:31337" });
      assert.equal(now?.state, ChainState.CHAIN_STATE_OK);
      assert.equal(now.insecure, true);
      assert.equal(now.head?.height, 30n);
      assert.equal(now.finalized?.height, 26n);
      assert.equal(now.nodes.length, 1);
    });

    it("gives blocks by height and by hash, and says whether they are final", async () => {
      for (const { height, final } of [
        { height: 0n, final: true },
        { height: 26n, final: true },
        { height: 27n, final: false },
      ]) {
        const block = { $case: "height" as const, value: height };
        const byHeight = await agent.client.chain.getBlock({ chainId, block });
        assert.equal(byHeight.final, final);
        const hash = byHeight.block?.hash ?? "";
        const byHash = await agent.client.chain.getBlock({
          chainId,
          block: { $case: "hash", value: hash },
        });
        assert.deepEqual(byHash, byHeight);
        assert.equal(byHash.block?.height, height);
      }
    });

    it("refuses with the reason", async () => {
      const { chain } = agent.client;
      const at = (value: bigint) => ({ chainId, block: { $case: "height" as const, value } });
      const balance = { chainId, address: rich, asset: "", final: false };
      for (const { call, code, reason } of [
        {
          call: () => chain.getChainStatus({ chainId: "eip155:1" }),
          code: status.NOT_FOUND,
          reason: "UNKNOWN_CHAIN",
        },
        { call: () => chain.getBlock(at(1_000n)), code: status.NOT_FOUND, reason: "UNKNOWN_BLOCK" },
        {
          call: () => chain.getBlock({ chainId, block: { $case: "hash", value: "0x12" } }),
          code: status.INVALID_ARGUMENT,
          reason: "BAD_REQUEST",
        },
        {
          call: () => chain.getBlock({ chainId, block: undefined }),
          code: status.INVALID_ARGUMENT,
          reason: "BAD_REQUEST",
        },
        {
          call: () => chain.getBalance({ ...balance, address: `${poor.slice(0, -1)}d` }),
          code: status.INVALID_ARGUMENT,
          reason: "BAD_ADDRESS",
        },
        {
          call: () => chain.getBalance({ ...balance, asset: "eip155:1/slip44:60" }),
          code: status.INVALID_ARGUMENT,
          reason: "BAD_ASSET",
        },
        {
          call: () => read({ cursor: "nonsense" }),
          code: status.INVALID_ARGUMENT,
          reason: "BAD_CURSOR",
        },
      ]) {
        const error = await failure(call());
        assert.equal(error.reason, reason);
        assert.equal(error.code, code);
      }
    });

    it("reads balances at one block, and estimates a fee", async () => {
      const value = "0x3e8";
      await node.rpc("eth_sendTransaction", { from: rich, to: poor, value });
      await node.mine(1);
      await until("the block is served", async () => agent.chain.head?.height === 31n);
      const ask = { chainId, address: poor, asset: "" };
      const now = await agent.client.chain.getBalance({ ...ask, final: false });
      assert.deepEqual([now.amount, now.block?.height], ["1000", 31n]);
      const final = await agent.client.chain.getBalance({ ...ask, final: true });
      assert.deepEqual([final.amount, final.block?.height], ["0", 27n]);
      const fee = await agent.client.chain.estimateFee({ chainId, asset: "", targetBlocks: 0 });
      assert.equal(BigInt(fee.fee), BigInt(fee.rate) * 21_000n);
    });

    it("watches the status, with a heartbeat", async () => {
      const stream = agent.client.chain.watchChainStatus({ chainId });
      const headOf = (message: WatchChainStatusResponse | undefined) =>
        message?.event?.$case === "status" ? message.event.value.head?.height : undefined;
      const seen = await readUntil(stream, async (message, before) => {
        if (before.length === 1) await node.mine(1);
        return headOf(message) === (headOf(before[0]) ?? 0n) + 1n;
      });
      assert.ok(seen.length >= 2);
    });
  });

  describe("StreamBlocks", () => {
    it("sends the blocks from a height to another, and says that it is complete", async () => {
      const messages = await read({ startHeight: 0n, stopHeight: 20n });
      assert.deepEqual(
        heights(messages),
        Array.from({ length: 21 }, (_, height) => BigInt(height)),
      );
      const end = { $case: "end", value: { reason: "END_REASON_COMPLETE" } };
      assert.deepEqual(messages.at(-1)?.event, end);
      // A cursor of the middle goes on from there.
      const rest = await read({ cursor: messages[9]?.cursor ?? "", stopHeight: 20n });
      assert.deepEqual(heights(rest), heights(messages.slice(10)));
    });

    it("sends only final blocks where that was asked, and ends when the last one is final", async () => {
      const { head, finalized } = agent.chain;
      assert.ok(head !== undefined && finalized !== undefined);
      const stopHeight = head.height;
      const reading = read({ startHeight: finalized.height, stopHeight, finalOnly: true });
      await node.mine(2);
      await node.mine(2);
      const messages = await reading;
      assert.deepEqual(
        heights(messages),
        [0n, 1n, 2n, 3n, 4n].map((n) => finalized.height + n),
      );
      for (const { event, finalized: final } of messages) {
        if (event?.$case === "block") assert.ok(event.value.height <= (final?.height ?? 0n));
      }
    });

    it("tells an undo with the last valid block, whose cursor goes on too", async () => {
      const seen = await readUntil(
        agent.client.chain.streamBlocks(everything),
        async ({ event }) => {
          if (event?.$case === "block") await node.reorg(2);
          return event?.$case === "undo";
        },
      );
      const [first, undo] = seen.filter(({ event }) => event?.$case !== "heartbeat");
      assert.ok(first?.event?.$case === "block" && undo?.event?.$case === "undo");
      const { height } = first.event.value;
      assert.equal(undo.event.value.lastValid?.height, height - 2n);
      const rest = read({ cursor: undo.cursor, stopHeight: height });
      await node.mine(4);
      assert.deepEqual(heights(await rest), [height - 1n, height]);
    });

    it("says how fresh it is while nothing happens", async () => {
      const stream = agent.client.chain.streamBlocks(everything);
      const seen = await readUntil(stream, ({ event }) => event?.$case === "heartbeat");
      const last = seen.at(-1);
      assert.ok(last?.event?.$case === "heartbeat");
      assert.ok(last.event.value.headAgeMs > 0n);
      assert.equal(last.event.value.head?.hash, agent.chain.head?.hash);
      assert.equal(last.event.value.state, ChainState.CHAIN_STATE_OK);
      assert.notEqual(last.cursor, "");
    });

    it("says how fresh it is while it waits for a height, and ends aloud", async () => {
      const other = await startAgent(agentEnvironment([node.url], secret.directory));
      const startHeight = (other.chain.head?.height ?? 0n) + 1_000n;
      const stream = other.client.chain.streamBlocks({ ...everything, startHeight });
      let stopped: Promise<void> | undefined;
      const seen = await readUntil(stream, ({ event, cursor }) => {
        assert.equal(cursor, "");
        if (event?.$case === "heartbeat") stopped ??= other.stop();
        return event?.$case === "end";
      });
      assert.deepEqual(seen.at(-1)?.event?.value, { reason: "END_REASON_DRAINING" });
      await stopped;
    });

    it("refuses a height that is too old", async () => {
      const more = { PITBOSS_CHAIN_RETENTION_BLOCKS: "5" };
      const other = await startAgent(agentEnvironment([node.url], secret.directory, more));
      const request = { ...everything, startHeight: 1n };
      const stream = other.client.chain.streamBlocks(request)[Symbol.asyncIterator]();
      const error = await failure(stream.next());
      assert.deepEqual([error.code, error.reason], [status.OUT_OF_RANGE, "CURSOR_TOO_OLD"]);
      await other.stop();
    });
  });

  describe("EntropyService", () => {
    const commit = (requestId: string, blocksAhead = 0) =>
      agent.client.entropy.commitEntropyHeight({ requestId, chainId, blocksAhead });

    it("commits to a height that does not exist yet, once for an id", async () => {
      const { commitment } = await commit("pair/1");
      assert.ok(commitment?.head !== undefined);
      assert.equal(commitment.height, commitment.head.height + 2n);
      assert.equal(commitment.head.height, agent.chain.head?.height ?? 0n);
      assert.deepEqual(
        [commitment.chain, commitment.chainId, commitment.network, commitment.insecure],
        ["casino/local", "eip155:31337", "anvil", true],
      );
      await node.mine(1);
      await until(
        "the head moved",
        async () => agent.chain.head?.height !== commitment.head?.height,
      );
      assert.deepEqual((await commit("pair/1")).commitment, commitment);
      for (const { call, reason } of [
        { call: () => commit("pair/1", 9), reason: "OTHER_BODY" },
        { call: () => commit("pair/2", 1), reason: "BAD_REQUEST" },
        { call: () => commit("", 0), reason: "BAD_REQUEST" },
        { call: () => commit("a b", 0), reason: "BAD_REQUEST" },
        {
          call: () => agent.client.entropy.getEntropy({ requestId: "nobody" }),
          reason: "UNKNOWN_COMMITMENT",
        },
      ]) {
        assert.equal((await failure(call())).reason, reason);
      }
    });

    it("gives the hash when it is final, the same for ever and from every replica", async () => {
      const requestId = "pair/final";
      const { commitment } = await commit(requestId);
      const early = await failure(agent.client.entropy.getEntropy({ requestId }));
      assert.deepEqual([early.code, early.reason], [status.FAILED_PRECONDITION, "NOT_FINAL"]);
      assert.equal(early.info?.metadata["height"], `${commitment?.height}`);
      const waiting = agent.client.entropy.awaitEntropy({ requestId });
      const seen = await readUntil(waiting, async (_, before) => {
        if (before.length === 1) await node.mine(7);
        return false;
      });
      assert.equal(seen[0]?.event?.$case, "progress");
      assert.equal(seen.at(-1)?.event?.$case, "entropy");
      const { entropy } = await agent.client.entropy.getEntropy({ requestId });
      const block = (await node.rpc(
        "eth_getBlockByNumber",
        `0x${commitment?.height.toString(16)}`,
        false,
      )) as { hash: string };
      assert.equal(`0x${entropy?.entropy}`, block.hash);
      assert.deepEqual([entropy?.nodesAgreed, entropy?.nodes], [1, 1]);
      const other = await startAgent(agentEnvironment([node.url], secret.directory));
      assert.deepEqual((await other.client.entropy.getEntropy({ requestId })).entropy, entropy);
      await other.stop();
    });
  });

  describe("operations", () => {
    const get = (path: string) => fetch(`http://127.0.0.1:${agent.operationsPort}${path}`);

    it("answers probes and shows figures of the chain", async () => {
      assert.equal((await get("/livez")).status, 200);
      assert.equal((await get("/readyz")).status, 200);
      const text = await (await get("/metrics")).text();
      for (const line of [
        /pitboss_chain_head_height\{.*\} \d\d/,
        /pitboss_chain_finality_violation\{.*\} 0/,
        /pitboss_chain_state\{state="ok",.*\} 1/,
        /pitboss_chain_node_state\{node="127.0.0.1:\d+",state="ok",.*\} 1/,
        /pitboss_grpc_request_seconds_count\{.*method="pitboss.chain.v1.ChainService\/getBlock",code="OK"/,
        /pitboss_chain_undone_blocks_count\{.*\} 1/,
      ]) {
        assert.match(text, line);
      }
    });
  });

  describe("that lost its chain", () => {
    it("lives, is not ready, and refuses what needs a quorum", async () => {
      const own = await startAnvil();
      await own.mine(10);
      const lonely = await startAgent(
        agentEnvironment([own.url], secret.directory, { PITBOSS_CHAIN: "casino/other" }),
        { ready: false },
      );
      await own.stop();
      const url = `http://127.0.0.1:${lonely.operationsPort}`;
      await until("it is not ready", async () => (await fetch(`${url}/readyz`)).status === 503);
      assert.equal((await fetch(`${url}/livez`)).status, 200);
      const { status: now } = await lonely.client.chain.getChainStatus({ chainId });
      assert.equal(now?.state, ChainState.CHAIN_STATE_UNAVAILABLE);
      const ask = { requestId: "x", chainId, blocksAhead: 0 };
      const error = await failure(lonely.client.entropy.commitEntropyHeight(ask));
      assert.deepEqual([error.code, error.reason], [status.UNAVAILABLE, "NO_QUORUM"]);
      await lonely.stop();
    });
  });
});

describe("agents whose chain breaks its promise", () => {
  const stops: (() => Promise<void>)[] = [];

  after(async () => {
    for (const stop of stops.reverse()) await stop();
  });

  it("all answer DATA_LOSS until a person has looked", async () => {
    const database = await chainDatabase();
    const { directory, remove } = await mountSecret(database.agentUrl);
    stops.push(() => database.drop(), remove);
    const nodes = await twins(2, 30);
    stops.push(...nodes.map((node) => () => node.stop()));
    const [a, b] = nodes;
    assert.ok(a !== undefined && b !== undefined);
    const agents = [
      await startAgent(agentEnvironment([a.url], directory)),
      await startAgent(agentEnvironment([b.url], directory)),
    ];
    stops.push(...agents.map((agent) => () => agent.stop()));
    await a.rpc("anvil_rollback", 6);
    for (const { chain } of agents) {
      const state = ChainState.CHAIN_STATE_FINALITY_VIOLATION;
      await until("it stops", async () => chain.state() === state);
    }
    for (const { client, operationsPort } of agents) {
      const block = { $case: "height" as const, value: 3n };
      const refused = await failure(client.chain.getBlock({ chainId, block }));
      assert.deepEqual([refused.code, refused.reason], [status.DATA_LOSS, "FINALITY_VIOLATION"]);
      const stream = client.chain.streamBlocks(everything)[Symbol.asyncIterator]();
      assert.equal((await failure(stream.next())).reason, "FINALITY_VIOLATION");
      const ask = { requestId: "x", chainId, blocksAhead: 0 };
      const entropy = await failure(client.entropy.commitEntropyHeight(ask));
      assert.equal(entropy.reason, "FINALITY_VIOLATION");
      const { status: now } = await client.chain.getChainStatus({ chainId });
      assert.equal(now?.violation?.finalized?.height, 26n);
      const metrics = await fetch(`http://127.0.0.1:${operationsPort}/metrics`);
      assert.match(await metrics.text(), /pitboss_chain_finality_violation\{.*\} 1/);
    }
    await withClient(database.superuserUrl, async (client) => {
      await client.query("SELECT chain.acknowledge_violation('eip155:31337', 'me', 'a test')");
    });
    // The other one's node is behind what this one calls final: it must come so far first.
    const good = agents[1]?.chain;
    await until("it goes on", async () => good?.stopped() === undefined);
  });
});
