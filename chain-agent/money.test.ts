import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { type MountedSecret, mountSecret } from "../runtime/testing-secret.ts";
import { type ChainDatabase, chainDatabase } from "../test/harness/chain.ts";
import { evmAdapter } from "./adapters/evm.ts";
import { localKey } from "./signer/local-key.ts";
import { type Anvil, startAnvil } from "./testing-anvil.ts";
import { devKey, devXpub, type TestAgent, testAgent, until } from "./testing-money.ts";

const chainId = "eip155:31337";
const ether = 10n ** 18n;
const funder = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8";

describe("money on anvil", () => {
  let database: ChainDatabase;
  let secret: MountedSecret;
  let anvil: Anvil;
  let agent: TestAgent;

  before(async () => {
    [database, anvil] = await Promise.all([chainDatabase(), startAnvil()]);
    secret = await mountSecret(database.agentUrl);
    await anvil.mine(8);
    agent = await testAgent({
      ...{ directory: secret.directory, nodes: [anvil.url], adapter: evmAdapter(chainId), chainId },
      ...{ signer: localKey(devKey), xpub: devXpub },
    });
    await until("the chain is followed", async () => agent.follower.finalized !== undefined);
  });
  after(async () => {
    await agent?.stop();
    await anvil?.stop();
    await secret?.remove();
    await database?.drop();
  });

  const pay = (to: string, amount: bigint) =>
    anvil.rpc("eth_sendTransaction", { from: funder, to, value: `0x${amount.toString(16)}` });
  const balance = async (address: string) =>
    BigInt((await anvil.rpc("eth_getBalance", address, "latest")) as string);

  it("shows a deposit at once, and calls it final when it is", async () => {
    const address = await agent.watch("player-1");
    assert.equal(await agent.watch("player-1"), address);
    assert.notEqual(await agent.watch("player-2"), address);
    await pay(address, ether);
    await anvil.mine(1);
    const pending = await until("pending", async () => (await agent.deposits())[0]);
    assert.equal(pending.state, "DEPOSIT_STATE_PENDING");
    assert.equal(pending.amount, String(ether));
    assert.equal(pending.reference, "player-1");
    await anvil.mine(6);
    await until(
      "final",
      async () => (await agent.deposits())[0]?.state === "DEPOSIT_STATE_FINALIZED",
    );
  });

  it("pays a withdrawal once, follows it to finality", async () => {
    const to = `0x${"ab".repeat(20)}`;
    const first = await agent.submit("w1", to, ether);
    assert.equal(first.nonce, 0n);
    assert.equal((await agent.submit("w1", to, ether)).withdrawalId, "w1");
    await until(
      "broadcast",
      async () => (await agent.withdrawal("w1")).state === "WITHDRAWAL_STATE_BROADCAST",
    );
    await anvil.mine(1);
    await until(
      "mined",
      async () => (await agent.withdrawal("w1")).state === "WITHDRAWAL_STATE_MINED",
    );
    await anvil.mine(6);
    await until(
      "final",
      async () => (await agent.withdrawal("w1")).state === "WITHDRAWAL_STATE_FINALIZED",
    );
    assert.equal(await balance(to), ether);
  });
});
