import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { HDKey } from "viem/accounts";
import { type MountedSecret, mountSecret } from "../runtime/testing-secret.ts";
import { devKey, type TestAgent, testAgent } from "../test/harness/agent-inside.ts";
import { type ChainDatabase, chainDatabase } from "../test/harness/chain.ts";
import { type Litecoind, litecoindProgram, startLitecoind } from "../test/harness/litecoind.ts";
import { until } from "../test/harness/until.ts";
import { bitcoinAdapter } from "./adapters/bitcoin.ts";
import { localKey } from "./signer/local-key.ts";

/** Litecoin's regtest. */
const chainId = "bip122:530827f38f93b43ed12af0b3ad25a288";
const litoshis = 100_000_000n;
const xpub = HDKey.fromMasterSeed(Buffer.alloc(32, 9)).derive("m/84'/1'/0'/0").publicExtendedKey;
/** Blocks until money is final. */
const depth = 3;

describe("money on litecoind", function () {
  this.timeout(300_000);
  let database: ChainDatabase;
  let secret: MountedSecret;
  let node: Litecoind;
  let agent: TestAgent;
  let wallet: string;

  before(async function () {
    try {
      await litecoindProgram();
    } catch (error) {
      // A machine that can have no litecoind says so and counts these as skipped.
      process.stderr.write(`${(error as Error).message}\n`);
      this.skip();
    }
    [database, node] = await Promise.all([chainDatabase(), startLitecoind()]);
    secret = await mountSecret(database.agentUrl);
    await node.mine(110);
    agent = await testAgent({
      ...{
        directory: secret.directory,
        nodes: [node.url],
        adapter: bitcoinAdapter(chainId),
        chainId,
      },
      ...{ signer: localKey(devKey), xpub, confirmations: depth, feeRateMax: 500_000n },
    });
    await until("the chain is followed", async () => agent.follower.finalized !== undefined);
    wallet = await until("the wallet is watched", async () => {
      const { rows } = await database.db.pool.query(
        "SELECT address FROM chain.addresses WHERE own",
      );
      return rows[0]?.address;
    });
  });
  after(async () => {
    await agent?.stop();
    await node?.stop();
    await secret?.remove();
    await database?.drop();
  });

  const pay = async (to: string, coins: string) =>
    String(await node.rpc("sendtoaddress", to, coins));
  const somebody = async () => String(await node.rpc("getnewaddress", "", "bech32"));
  const received = async (address: string, confirmations = 1) =>
    Number(await node.rpc("getreceivedbyaddress", address, confirmations));
  const depositTo = (address: string, state: string) =>
    until(`a deposit to ${address} ${state}`, async () =>
      (await agent.deposits()).find((one) => one.address === address && one.state.endsWith(state)),
    );
  const reaches = (id: string, state: string) =>
    until(`${id} ${state}`, async () => {
      const found = await agent.withdrawal(id);
      return found.state === `WITHDRAWAL_STATE_${state}` && found;
    });
  const fund = async (...coins: string[]) => {
    for (const amount of coins) await pay(wallet, amount);
    await node.mine(depth + 1);
    await until("the coins are there", async () => {
      const { rows } = await database.db.pool.query(
        `SELECT count(*)::int AS free FROM chain.deposits d WHERE own AND state = 'FINALIZED' AND NOT EXISTS (
           SELECT FROM chain.inputs i WHERE i.coin = d.transaction_hash || ':' || d.output)`,
      );
      return rows[0].free >= coins.length;
    });
  };

  it("is told by outputs, and final at the depth that is set", async () => {
    const address = await agent.watch("player");
    assert.match(address, /^rltc1q/);
    const hash = await pay(address, "1.23456789");
    await node.mine(1);
    const pending = await depositTo(address, "PENDING");
    assert.equal(pending.amount, "123456789");
    assert.match(pending.depositId, new RegExp(`^${chainId}/${hash}/[01]$`));
    await node.mine(depth - 2);
    assert.equal((await depositTo(address, "PENDING")).depositId, pending.depositId);
    await node.mine(1);
    await depositTo(address, "FINALIZED");
  });

  it("goes with its block, and comes back under the same id", async () => {
    const address = await agent.watch("reorged");
    await pay(address, "2");
    await node.mine(1);
    const first = await depositTo(address, "PENDING");
    await node.rpc("invalidateblock", first.block?.hash);
    // The new branch leaves the transaction out, until the third block.
    for (let i = 0; i < 2; i++) await node.rpc("generateblock", await somebody(), []);
    await depositTo(address, "REORGED");
    await node.mine(depth);
    const again = await depositTo(address, "FINALIZED");
    assert.equal(again.depositId, first.depositId);
    assert.notEqual(again.block?.hash, first.block?.hash);
  });

  it("is paid from final coins, with change, and followed until it is final", async () => {
    await fund("5", "1");
    const to = await somebody();
    const sent = await agent.submit("pay", to, 3n * litoshis);
    assert.deepEqual([sent.nonce, sent.from], [undefined, wallet]);
    assert.equal((await agent.submit("pay", to.toUpperCase(), 3n * litoshis)).to, to);
    await assert.rejects(agent.submit("pay", to, litoshis), { reason: "OTHER_BODY" });
    await reaches("pay", "BROADCAST");
    await node.mine(1);
    const mined = await reaches("pay", "MINED");
    assert.ok(BigInt(mined.fee) > 0n && BigInt(mined.fee) < 100_000n);
    await node.mine(depth);
    await reaches("pay", "FINALIZED");
    assert.equal(await received(to), 3);
  });

  it("that is stuck is replaced on the same coins with a higher fee; one of them is mined", async () => {
    await fund("4");
    const to = await somebody();
    await agent.submit("stuck", to, litoshis);
    const before = await reaches("stuck", "BROADCAST");
    const coins = async (hash = "") => {
      const told = (await node.rpc("getrawtransaction", hash, true)) as { vin: { txid: string }[] };
      return told.vin.map(({ txid }) => txid);
    };
    const spent = await coins(before.candidates[0]?.transactionHash);
    await agent.call("Withdrawal", "bumpWithdrawalFee", { withdrawalId: "stuck", feeRate: "" });
    const bumped = await until("the pool has the second alone", async () => {
      const found = await agent.withdrawal("stuck");
      const pool = (await node.rpc("getrawmempool")) as string[];
      const [first, second] = found.candidates.map(({ transactionHash }) => transactionHash);
      return second !== undefined && pool.includes(second) && !pool.includes(first ?? "") && second;
    });
    assert.deepEqual(await coins(bumped), spent);
    await node.mine(depth + 1);
    assert.equal((await reaches("stuck", "FINALIZED")).transactionHash, bumped);
    assert.equal(await received(to), 1);
  });

  it("that is cancelled spends its coins on ourselves", async () => {
    await fund("3");
    const to = await somebody();
    await agent.submit("cancelled", to, litoshis);
    await reaches("cancelled", "BROADCAST");
    await agent.call("Withdrawal", "cancelWithdrawal", { withdrawalId: "cancelled" });
    await until("replaced", async () =>
      (await agent.withdrawal("cancelled")).candidates.some(({ cancels }) => cancels),
    );
    await until("in the pool", async () => {
      const pool = (await node.rpc("getrawmempool")) as string[];
      const last = (await agent.withdrawal("cancelled")).candidates.at(-1);
      return pool.includes(last?.transactionHash ?? "");
    });
    await node.mine(depth + 1);
    assert.equal((await reaches("cancelled", "CANCELLED")).refundable, true);
    assert.equal(await received(to, 0), 0);
  });

  it("waits for coins where there are none, says so, and can then be called off", async () => {
    const to = await somebody();
    await agent.submit("too-much", to, 10_000n * litoshis);
    await until("it says what it lacks", async () => {
      return (await agent.withdrawal("too-much")).message.includes("lacks final coins");
    });
    await agent.call("Withdrawal", "cancelWithdrawal", { withdrawalId: "too-much" });
    const over = await reaches("too-much", "REJECTED");
    assert.deepEqual([over.refundable, over.candidates], [true, []]);
    assert.equal((await agent.submit("dust", to, 100n)).state, "WITHDRAWAL_STATE_REJECTED");
    await assert.rejects(
      agent.submit("wrong", "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu", litoshis),
      {
        reason: "BAD_ADDRESS",
      },
    );
  });

  it("of many withdrawals spends no coin twice", async () => {
    await fund(...Array.from({ length: 8 }, () => "1"));
    const receivers = await Promise.all(Array.from({ length: 8 }, somebody));
    await Promise.all(receivers.map((to, i) => agent.submit(`many-${i}`, to, 40_000_000n)));
    await until("all are paid", async () => {
      await node.mine(1);
      const amounts = await Promise.all(receivers.map((to) => received(to)));
      return amounts.every((amount) => amount === 0.4);
    });
    await node.mine(depth);
    for (const i of receivers.keys()) await reaches(`many-${i}`, "FINALIZED");
  });
});
