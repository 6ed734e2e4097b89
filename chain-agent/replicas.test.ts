import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { type MountedSecret, mountSecret } from "../runtime/testing-secret.ts";
import { agentEnvironment } from "../test/harness/agent.ts";
import { type AgentProcess, agentProcess } from "../test/harness/agent-process.ts";
import { type Anvil, startAnvil } from "../test/harness/anvil.ts";
import { BlockReader } from "../test/harness/block-reader.ts";
import { type ChainDatabase, chainDatabase } from "../test/harness/chain.ts";
import { until } from "../test/harness/until.ts";

const replicas = 2;
const rounds = 60;
/** A reorg goes less deep than that. */
const confirmations = 12;
const restarts = 4;

describe("replicas of an agent", () => {
  let database: ChainDatabase;
  let secret: MountedSecret;
  let node: Anvil;
  let agents: AgentProcess[] = [];

  before(async () => {
    database = await chainDatabase();
    secret = await mountSecret(database.agentUrl);
    node = await startAnvil();
    await node.mine(40);
    const environment = agentEnvironment([node.url], secret.directory, {
      PITBOSS_CHAIN_CONFIRMATIONS: String(confirmations),
    });
    agents = await Promise.all(Array.from({ length: replicas }, () => agentProcess(environment)));
    for (const agent of agents) agent.start();
    await Promise.all(agents.map((agent) => agent.ready()));
  });

  after(async () => {
    await Promise.all(agents.map((agent) => agent.end("SIGKILL")));
    await node.stop();
    await database.drop();
    await secret.remove();
  });

  async function canonical(height: bigint): Promise<string> {
    const block = await node.rpc("eth_getBlockByNumber", `0x${height.toString(16)}`, false);
    return (block as { hash: string }).hash;
  }

  /** A replica at random, whether it lives or not. */
  const any = (): string => agents[Math.floor(Math.random() * replicas)]?.address ?? "";

  async function restart(agent: AgentProcess | undefined): Promise<void> {
    await agent?.end("SIGKILL");
    agent?.start();
    await agent?.ready();
  }

  /** Blocks, reorgs of 1 to 10 blocks at whatever the agents are doing, and agents that are killed. */
  async function turn(): Promise<void> {
    let restarting: Promise<void> = Promise.resolve();
    for (let round = 1; round <= rounds; round++) {
      await node.mine(1 + (round % 3));
      if (round % 2 === 0) await node.reorg(1 + ((round * 7) % 10));
      if (round % Math.floor(rounds / restarts) === 1) {
        await restarting;
        restarting = restart(agents[round % replicas]);
      }
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    await restarting;
  }

  it("tell one chain, without gap or repeat, whichever is killed and however the chain turns", async () => {
    const readers = [new BlockReader(20n, false), new BlockReader(20n, true)];
    for (const reader of readers) reader.start(any);
    await turn();
    await node.mine(1);
    const head = (await node.rpc("eth_getBlockByNumber", "latest", false)) as { hash: string };
    const [blocks, finals] = readers;
    assert.ok(blocks !== undefined && finals !== undefined);
    await until("the reader has the head", async () => blocks.last?.hash === head.hash);
    const height = blocks.last?.height ?? 0n;
    const final = height + 1n - BigInt(confirmations);
    await until("the other has the finalized block", async () => finals.last?.height === final);
    for (const reader of readers) {
      await reader.stop();
      for (const block of reader.blocks) {
        assert.equal(block.hash, await canonical(block.height), `block ${block.height}`);
      }
      assert.ok(reader.streams > 1, "no stream was broken");
    }
    assert.ok(blocks.undos > 0);
  });

  it("end their streams aloud on SIGTERM, and exit with 0", async () => {
    const [agent, other] = agents;
    assert.ok(agent !== undefined && other !== undefined);
    const reader = new BlockReader(30n, false);
    let calls = 0;
    reader.start(() => (calls++ === 0 ? agent.address : other.address));
    await until("it reads", async () => reader.last !== undefined);
    assert.equal(await agent.end("SIGTERM"), 0);
    await node.mine(1);
    const head = (await node.rpc("eth_getBlockByNumber", "latest", false)) as { hash: string };
    await until("it reads on elsewhere", async () => reader.last?.hash === head.hash);
    await reader.stop();
    assert.equal(calls, 2);
  });
});
