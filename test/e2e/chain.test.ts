import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { before, describe, it } from "mocha";
import type { KubeObject } from "./kubectl.ts";
import { agentPods, nodeRpc, type Rpc } from "./node-rpc.ts";
import { type Platform, platform } from "./platform.ts";
import { Player } from "./player.ts";
import { until } from "./until.ts";

const NAMESPACE = "pitboss-chain";
const CHAIN = "dev";
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

  async function pod(): Promise<KubeObject> {
    const [found, ...more] = await agentPods(pitboss, CHAIN, NAMESPACE);
    assert.ok(found);
    assert.deepEqual(more, [], "one machine has the label");
    return found;
  }

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
      const [newest] = await items("/wallet/withdrawals");
      return newest?.state === "completed";
    });
    assert.equal(BigInt(await rpc<string>("eth_getBalance", [address, "latest"])), ETHER / 4n);
    assert.equal(Number(await ann.balance("ETH")), Number(before) - 0.25);
    assert.equal((await items("/wallet/withdrawals")).length, 1);
  });
});
