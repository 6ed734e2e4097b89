import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { after, before, describe, it } from "mocha";
import { until } from "../harness/until.ts";
import { coinFlipGame, heads } from "./games.ts";
import type { KubeObject } from "./kubectl.ts";
import { agentPods, nodeRpc, type Rpc } from "./node-rpc.ts";
import { type Platform, platform } from "./platform.ts";
import { Player } from "./player.ts";
import { verifyOffline } from "./verify-offline.ts";

const NAMESPACE = "pitboss-chain";
const CHAIN = "dev";
const GAME = "drawn-by-chain";
const ETHER = 10n ** 18n;

interface Money {
  readonly id: string;
  readonly state: string;
  readonly amount: string;
  readonly address: string;
  readonly confirmations: number;
}

interface Container {
  readonly name: string;
  readonly containerID?: string;
  readonly restartCount: number;
}

describe("the chain that the platform runs", function () {
  this.timeout(180_000);
  let pitboss: Platform;
  let rpc: Rpc;
  let ann: Player;

  before(async () => {
    pitboss = await platform();
    await pitboss.kubectl.wait(`chain/${CHAIN}`, "condition=Ready", NAMESPACE);
    rpc = await nodeRpc(pitboss, await pod(), NAMESPACE);
    ann = await Player.arrive(pitboss, "1.00", "ETH");
  });

  after(async () => {
    await pitboss.kubectl.run(["delete", "game", GAME, "-n", "casino", "--ignore-not-found"]);
  });

  async function pod(): Promise<KubeObject> {
    const [found, ...more] = await agentPods(pitboss, CHAIN, NAMESPACE);
    assert.ok(found);
    assert.deepEqual(more, [], "one machine has the label");
    return found;
  }

  /** Makes blocks now: a real chain's finality is not what this suite waits for. */
  const hurry = () => rpc("anvil_mine", ["0x3"]);

  const height = async () => Number(await rpc<string>("eth_blockNumber"));

  const items = async (path: string): Promise<Money[]> =>
    (await ann.call<{ items: Money[] }>("GET", path)).body.items;

  it("is followed, on the machine that has the label and the taint", async () => {
    const { spec } = await pod();
    const node = await pitboss.kubectl.get("node", String(spec?.["nodeName"]), "default");
    assert.match(JSON.stringify(node), /"pitboss\.dev\/bare-metal":"true"/);
    const before = await height();
    await until("the chain grows", async () => (await height()) > before);
    const columns = await pitboss.kubectl.run(["get", "chain", CHAIN, "-n", NAMESPACE]);
    assert.match(columns, /dev +dev +\d+ +\d+ +\d+s +1\/1 +True +Ready/);
  });

  it("keeps its node while the agent starts again", async () => {
    // On a cluster the suite has no way to the process; test/realnode looks at that.
    if (pitboss.home === undefined) return;
    const containers = async () => {
      const { status = {} } = await pod();
      const of = (list: string) => (status[list] ?? []) as Container[];
      const agent = of("containerStatuses").find(({ name }) => name === "agent");
      const node = of("initContainerStatuses").find(({ name }) => name === "node");
      assert.ok(agent && node);
      return { agent, node };
    };
    const before = await containers();
    process.kill(Number(before.agent.containerID?.replace("process://", "")), "SIGKILL");
    const after = await until("the agent runs again", async () => {
      const now = await containers();
      return now.agent.restartCount > before.agent.restartCount && now;
    });
    assert.equal(after.node.containerID, before.node.containerID);
    await pitboss.kubectl.wait(`chain/${CHAIN}`, "condition=Ready", NAMESPACE);
  });

  it("credits what a player pays in, once and when it is final", async () => {
    const body = { currency: "ETH" };
    const made = await until("there is an address", async () => {
      const reply = await ann.call<{ address: string }>("POST", "/wallet/deposits/addresses", {
        body,
      });
      return reply.status === 200 && reply.body;
    });
    const before = await ann.balance("ETH");
    const [, from] = await rpc<string[]>("eth_accounts");
    const value = `0x${(ETHER / 2n).toString(16)}`;
    await rpc("eth_sendTransaction", [{ from, to: made.address, value }]);
    const deposit = await until("it is credited", async () => {
      await hurry();
      const [newest] = await items("/wallet/deposits");
      return newest?.state === "credited" && newest;
    });
    assert.equal(Number(deposit.amount), 0.5);
    assert.equal(Number(await ann.balance("ETH")), Number(before) + 0.5);
    assert.equal((await items("/wallet/deposits")).length, 1);
  });

  it("pays out, once for each key", async () => {
    const address = `0x${randomBytes(20).toString("hex")}`;
    const request = {
      key: randomUUID(),
      body: { currency: "ETH", amount: "0.25", address },
    };
    const before = await ann.balance("ETH");
    const made = await ann.call<Money>("POST", "/wallet/withdrawals", request);
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const again = await ann.call<Money>("POST", "/wallet/withdrawals", request);
    assert.equal(again.body.id, made.body.id);
    await until("it is final", async () => {
      await hurry();
      const [newest] = await items("/wallet/withdrawals");
      return newest?.state === "completed";
    });
    assert.equal(BigInt(await rpc<string>("eth_getBalance", [address, "latest"])), ETHER / 4n);
    assert.equal(Number(await ann.balance("ETH")), Number(before) - 0.25);
    assert.equal((await items("/wallet/withdrawals")).length, 1);
  });

  it("mixes a block into the draws of a game that asks for it, for anybody to check", async () => {
    const fairness = { entropy: { chain: CHAIN, onChainDown: "Stop" } };
    await pitboss.kubectl.apply(coinFlipGame(GAME, { fairness }));
    await pitboss.kubectl.wait(`game/${GAME}`, "condition=EntropyReady", "casino");
    await pitboss.kubectl.wait(`game/${GAME}`, "condition=Ready", "casino");
    const bob = await Player.arrive(pitboss);
    const refused = new Set<string>();
    const round = await until("the first pair has its block", async () => {
      await hurry();
      const reply = await bob.bet(GAME, heads);
      if (reply.status === 201) return reply.body;
      refused.add(String((reply.body as unknown as { code: string }).code));
      return undefined;
    });
    assert.deepEqual(
      [...refused].filter((code) => !/entropy_pending|not_found/.test(code)),
      [],
    );
    // The next pair's block was reserved when the first was committed: nobody waits again.
    const rotated = await bob.call("POST", `/games/${GAME}/fairness/rotate`, {
      body: { clientSeed: "bobs-own-seed" },
    });
    assert.equal(rotated.status, 200, JSON.stringify(rotated.body));
    const path = `/games/${GAME}/rounds/${round.id}/proof`;
    const { body: proof } = await bob.call<{
      entropy: string;
      chain: { network: string; height: number; insecure: boolean };
    }>("GET", path);
    const { network, height, insecure } = proof.chain;
    assert.deepEqual([network, insecure], [CHAIN, true]);
    const block = await rpc<{ hash: string }>("eth_getBlockByNumber", [
      `0x${height.toString(16)}`,
      false,
    ]);
    assert.equal(`0x${proof.entropy}`, block.hash);
    assert.equal(await verifyOffline(proof), 0);
    assert.equal(await verifyOffline({ ...proof, entropy: "0".repeat(64) }), 1);
  });
});
