import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { afterEach, describe, it } from "mocha";
import { freePort } from "../../local/ports.ts";
import { type Anvil, startAnvil } from "../../test/harness/anvil.ts";
import {
  type Followed,
  follow,
  latest,
  mineAll,
  mineOwn,
  twins,
} from "../../test/harness/follower.ts";
import { until } from "../../test/harness/until.ts";
import { ChainState, NodeState } from "../generated/pitboss/chain/v1/chain.ts";
import type { Position, Step } from "./canonical-chain.ts";
import { FinalityViolated, TooOld } from "./canonical-chain.ts";
import { memoryFinality } from "./finality-store.ts";
import type { Follower } from "./follower.ts";
import type { FollowOptions } from "./options.ts";

const violated = ChainState.CHAIN_STATE_FINALITY_VIOLATION;
const started: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map((one) => one.stop()));
});

async function nodesOf(count: number, blocks: number): Promise<[Anvil, ...Anvil[]]> {
  const nodes = await twins(count, blocks);
  started.push(...nodes);
  const [first, ...more] = nodes;
  assert.ok(first !== undefined);
  return [first, ...more];
}

async function following(
  nodes: readonly Anvil[],
  options: Partial<FollowOptions> = {},
  store = memoryFinality(),
): Promise<Followed> {
  const followed = follow(
    nodes.map(({ url }) => url),
    options,
    store,
  );
  started.unshift(followed.chain);
  await until("something is final", async () => followed.chain.finalized !== undefined);
  return followed;
}

/** Waits until the head is the node's. */
async function caughtUp(chain: Follower, node: Anvil): Promise<void> {
  const { hash } = await latest(node);
  await until(`the head is ${hash}`, async () => chain.head?.hash === hash);
}

function headOf(chain: Follower): Position {
  const { head, finalized } = chain;
  assert.ok(head !== undefined && finalized !== undefined);
  return { block: head, finalized };
}

/** All that follows a position. */
async function stepsTo(chain: Follower, from: Position): Promise<Step[]> {
  const all: Step[] = [];
  for (let position = from; ; ) {
    const steps = await chain.after(position, 7);
    if (steps.length === 0) return all;
    all.push(...steps);
    for (const step of steps) {
      const block = step.kind === "undo" ? step.lastValid : step.block;
      position = { ...position, block };
    }
  }
}

function stateOf(chain: Follower, index: number): NodeState | undefined {
  return chain.status().nodes[index]?.state;
}

describe("a follower of one node", () => {
  it("serves its head, and calls final what is deep enough and what the node itself calls final", async () => {
    const [node] = await nodesOf(1, 20);
    // anvil calls final what is four blocks below its head.
    for (const { confirmations, final } of [
      { confirmations: 1n, final: 16n },
      { confirmations: 5n, final: 16n },
      { confirmations: 8n, final: 13n },
      { confirmations: 30n, final: 0n },
    ]) {
      const { chain } = await following([node], { confirmations });
      assert.equal(chain.head?.height, 20n);
      assert.equal(chain.finalized?.height, final, `${confirmations} confirmations`);
      assert.equal(chain.state(), ChainState.CHAIN_STATE_OK);
      assert.equal(chain.stopped(), undefined);
    }
  });

  it("tells the undo and the new blocks of reorgs of 1 to 20 blocks", async () => {
    const [node] = await nodesOf(1, 60);
    const { chain, undone } = await following([node], { confirmations: 30n });
    for (let depth = 1; depth <= 20; depth++) {
      const before = headOf(chain);
      await node.reorg(depth);
      await caughtUp(chain, node);
      const lastValid = before.block.height - BigInt(depth);
      const [undo, ...blocks] = await stepsTo(chain, before);
      assert.ok(undo?.kind === "undo", `depth ${depth}`);
      assert.equal(undo.lastValid.height, lastValid);
      let { hash } = undo.lastValid;
      for (const step of blocks) {
        assert.ok(step.kind === "block" && step.block.parentHash === hash, `depth ${depth}`);
        ({ hash } = step.block);
      }
      assert.equal(hash, chain.head?.hash);
      assert.deepEqual(undone.at(-1), { from: before.block.height, to: lastValid });
      await node.mine(1);
      await caughtUp(chain, node);
    }
    assert.equal(chain.violation, undefined);
  });

  it("sends a reader whose branch it never saw back to what was final", async () => {
    const [node] = await nodesOf(1, 40);
    const one = await following([node], { confirmations: 10n });
    const position = headOf(one.chain);
    await node.reorg(6);
    await node.mine(9);
    const other = await following([node], { confirmations: 10n });
    const [undo, ...blocks] = await stepsTo(other.chain, position);
    assert.deepEqual(undo, { kind: "undo", lastValid: position.finalized });
    assert.equal(blocks.length, 49 - Number(position.finalized.height));
  });

  it("makes a reader wait who was further at another replica, and refuses one who is too far behind", async () => {
    const [node] = await nodesOf(1, 100);
    const { chain } = await following([node], { retentionBlocks: 20 });
    const here = headOf(chain);
    const ahead = { height: 170n, hash: `0x${"7".repeat(64)}` };
    assert.deepEqual(await chain.after({ ...here, block: ahead }, 5), []);
    const old = await chain.blockAt(10n);
    assert.ok(old !== undefined);
    await assert.rejects(chain.after({ block: old, finalized: old }, 5), TooOld);
    // These are asked of the node, and must link.
    const patient = await following([node], { retentionBlocks: 90 });
    const steps = await stepsTo(patient.chain, { block: old, finalized: old });
    assert.equal(steps.length, 90);
  });

  it("refuses who is too far behind also where it still remembers, as every replica does", async () => {
    const [node] = await nodesOf(1, 30);
    const { chain } = await following([node], { retentionBlocks: 10 });
    await caughtUp(chain, node);
    const { block } = headOf(chain);
    await node.mine(20);
    await caughtUp(chain, node);
    const { finalized } = headOf(chain);
    // Blocks from 36 on are kept: the first reader goes on with block 31, the other with block 36.
    assert.deepEqual([block.height, finalized.height], [30n, 46n]);
    await assert.rejects(chain.after({ block, finalized: block }, 5), TooOld);
    const last = await chain.blockAt(35n);
    assert.ok(last !== undefined);
    const [next] = await chain.after({ block: last, finalized: last }, 1);
    assert.ok(next?.kind === "block" && next.block.height === 36n);
  });

  it("stops where the node goes back below what was final, and goes on when a person has looked", async () => {
    const [node] = await nodesOf(1, 23);
    const store = memoryFinality();
    const { chain, violations } = await following([node], {}, store);
    const position = headOf(chain);
    // As measured: finalized 19 goes to 14.
    await node.rpc("anvil_rollback", 5);
    await until("it is seen", async () => chain.state() === violated);
    assert.equal(violations[0]?.finalized.height, 19n);
    assert.match(chain.stopped() ?? "", /final/);
    await assert.rejects(chain.after(position, 1), FinalityViolated);

    // Another agent of the chain learns of it.
    const other = follow([node.url], {}, store);
    started.unshift(other.chain);
    await until("the other agent stops too", async () => other.chain.state() === violated);
    assert.notEqual(other.chain.stopped(), undefined);

    store.acknowledge();
    for (const agent of [chain, other.chain]) {
      await until("it goes on", async () => agent.stopped() === undefined);
      assert.equal(agent.head?.height, 18n);
    }
    // What the reader was told is still void.
    await node.mine(6);
    await caughtUp(chain, node);
    await assert.rejects(chain.after(position, 1), FinalityViolated);
  });

  it("stops where other blocks stand in the place of final ones, also after its own restart", async () => {
    const [node] = await nodesOf(1, 23);
    const store = memoryFinality();
    const first = await following([node], {}, store);
    await until("it is stored", async () => (await store.checkpoint())?.height === 19n);
    await first.chain.stop();
    await node.reorg(10);
    const second = follow([node.url], {}, store);
    started.unshift(second.chain);
    await until("it is seen", async () => second.chain.state() === violated);
    assert.equal(second.violations[0]?.finalized.height, 19n);
  });

  it("calls nothing final before its node has come to what any agent called final", async () => {
    const [ahead, behind] = await nodesOf(2, 15);
    assert.ok(behind !== undefined);
    const store = memoryFinality();
    await ahead.mine(8);
    await following([ahead], {}, store);
    await until("it is stored", async () => (await store.checkpoint())?.height === 19n);
    const { chain } = follow([behind.url], {}, store);
    started.unshift(chain);
    await caughtUp(chain, behind);
    await new Promise((resolve) => setTimeout(resolve, 150));
    assert.equal(chain.finalized, undefined);
    assert.match(chain.stopped() ?? "", /compared/);
    await behind.mine(8);
    await until("it has come so far", async () => chain.finalized?.height === 19n);
  });

  for (const { what, settings, message } of [
    { what: "another chain id", settings: { chainId: "eip155:1" }, message: /eip155:31337/ },
    { what: "another genesis", settings: { genesis: `0x${"1".repeat(64)}` }, message: /block 0/ },
  ]) {
    it(`leaves out a node of ${what}`, async () => {
      const [node] = await nodesOf(1, 5);
      const { chain } = follow([node.url], settings);
      started.unshift(chain);
      await until(
        "it is judged",
        async () => stateOf(chain, 0) === NodeState.NODE_STATE_WRONG_CHAIN,
      );
      assert.match(chain.status().nodes[0]?.message ?? "", message);
      assert.equal(chain.head, undefined);
    });
  }

  it("takes a genesis without 0x", async () => {
    const [node] = await nodesOf(1, 5);
    const block = (await node.rpc("eth_getBlockByNumber", "0x0", false)) as { hash: string };
    await following([node], { genesis: block.hash.slice(2) });
  });

  it("says that an old head is late", async () => {
    const [node] = await nodesOf(1, 5);
    const { chain } = await following([node], { staleMs: 100 });
    await until("it is late", async () => chain.state() === ChainState.CHAIN_STATE_LAGGING);
    assert.ok(chain.headAgeMs() >= 100);
    await node.mine(1);
    await until("it is fresh", async () => chain.head?.height === 6n);
  });
});

describe("a follower's websocket", () => {
  async function silentServer(): Promise<{ port: number; server: Server }> {
    const server = createServer((socket) => socket.on("error", () => undefined));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    assert.ok(address !== null && typeof address === "object");
    return { port: address.port, server };
  }

  it("wakes it long before the next poll", async () => {
    const [node] = await nodesOf(1, 5);
    const url = node.url.replace("http", "ws");
    const { chain } = follow([url], { pollMs: 60_000 });
    started.unshift(chain);
    await until("the first block", async () => chain.head?.height === 5n);
    // The subscription may need a moment; every block wakes.
    await until("a block", async () => {
      await node.mine(1);
      return (chain.head?.height ?? 0n) > 6n;
    });
  });

  it("may be dead from the start, or die: polling goes on", async () => {
    const [node] = await nodesOf(1, 5);
    const { port, server } = await silentServer();
    const nobody = await freePort();
    for (const dead of [port, nobody]) {
      const { chain } = follow([`${node.url}|ws://127.0.0.1:${dead}`]);
      started.unshift(chain);
      await caughtUp(chain, node);
      await node.mine(1);
      await caughtUp(chain, node);
      await chain.stop();
    }
    server.close();
  });
});

describe("a follower of several nodes", () => {
  it("leaves a lagging node out, and takes it back", async () => {
    const nodes = await nodesOf(3, 30);
    const [a, b, c] = nodes;
    assert.ok(b !== undefined && c !== undefined);
    const { chain } = await following(nodes);
    await mineAll([a, b], 10);
    await caughtUp(chain, a);
    await until("it lags", async () => stateOf(chain, 2) === NodeState.NODE_STATE_LAGGING);
    assert.equal(chain.state(), ChainState.CHAIN_STATE_OK);
    assert.equal(chain.finalized?.height, 36n);
    assert.equal(chain.nodes().length, 2);
    await c.mine(10);
    await until("it is back", async () => chain.nodes().length === 3);
    assert.equal(
      chain.status().nodes.filter(({ state }) => state === NodeState.NODE_STATE_OK).length,
      3,
    );
  });

  it("serves what a quorum has, not what one node alone has", async () => {
    const nodes = await nodesOf(3, 30);
    const [a, b] = nodes;
    assert.ok(b !== undefined);
    const { chain, undone } = await following(nodes, { lagBlocks: 50 });
    await a.mine(3);
    await until("one is ahead", async () => chain.status().lag === 3n);
    assert.equal(chain.head?.height, 30n);
    await b.mine(2);
    await until("two have it", async () => chain.head?.height === 32n);
    assert.deepEqual(undone, []);
  });

  it("keeps its head while a quorum is away, and says so", async () => {
    const nodes = await nodesOf(3, 30);
    const [a, b, c] = nodes;
    assert.ok(b !== undefined && c !== undefined);
    const { chain } = await following(nodes);
    await c.stop();
    await mineAll([a, b], 1);
    await caughtUp(chain, a);
    assert.equal(chain.state(), ChainState.CHAIN_STATE_OK);
    await b.stop();
    await until("no quorum", async () => chain.state() === ChainState.CHAIN_STATE_UNAVAILABLE);
    await a.mine(1);
    assert.notEqual(chain.stopped(), undefined);
    assert.equal(chain.head?.height, 31n);
  });

  it("never goes back but by an undo, when the node that was ahead is gone for good", async () => {
    const nodes = await nodesOf(2, 30);
    const [a, b] = nodes;
    assert.ok(b !== undefined);
    const { chain, undone } = await following(nodes, { quorum: 1, lagBlocks: 50 });
    await a.mine(2);
    await until("it follows", async () => chain.head?.height === 32n);
    const position = headOf(chain);
    await a.stop();
    await until("it is undone", async () => chain.head?.height === 30n);
    assert.deepEqual(undone, [{ from: 32n, to: 30n }]);
    await mineOwn(b, 1, 5);
    await caughtUp(chain, b);
    const steps = await stepsTo(chain, { ...position, finalized: position.finalized });
    assert.deepEqual(
      steps.map(({ kind }) => kind),
      ["undo", "block"],
    );
  });

  it("names the node on another branch, and follows the others", async () => {
    const nodes = await nodesOf(3, 30);
    const [a, b, c] = nodes;
    assert.ok(b !== undefined && c !== undefined);
    const { chain } = await following(nodes, { confirmations: 20n });
    await mineOwn(c, 3, 7);
    await mineAll([a, b], 3);
    await caughtUp(chain, a);
    await until("the fork is seen", async () => stateOf(chain, 2) === NodeState.NODE_STATE_FORKED);
    assert.equal(chain.state(), ChainState.CHAIN_STATE_OK);
    assert.equal(chain.violation, undefined);
  });

  it("stays at the common ancestor where two of two disagree", async () => {
    const nodes = await nodesOf(2, 30);
    const [a, b] = nodes;
    assert.ok(b !== undefined);
    const { chain, undone } = await following(nodes, { confirmations: 20n });
    await a.mine(8);
    await mineOwn(b, 8, 9);
    await until("it is late", async () => chain.state() === ChainState.CHAIN_STATE_LAGGING);
    assert.equal(chain.head?.height, 30n);
    assert.equal(chain.status().lag, 8n);
    assert.deepEqual(undone, []);
  });

  it("stops where nodes disagree at or below what is final, and tells what it found", async () => {
    const nodes = await nodesOf(3, 30);
    const [a, b, c] = nodes;
    assert.ok(b !== undefined && c !== undefined);
    const { chain, violations } = await following(nodes);
    await mineOwn(c, 6, 7);
    await mineAll([a, b], 6);
    await until("it is seen", async () => chain.state() === violated);
    const [violation] = violations;
    assert.ok(violation !== undefined && violation.found.hash !== violation.finalized.hash);
    assert.match(violation.message, new RegExp(new URL(c.url).host));
    assert.equal(violations.length, 1);
  });

  it("follows a chain from its very first block", async () => {
    const node = await startAnvil();
    started.push(node);
    const { chain } = await following([node]);
    assert.equal(chain.head?.height, 0n);
    await node.mine(12);
    await caughtUp(chain, node);
    assert.equal(chain.finalized?.height, 8n);
  });
});
