import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { HDKey, privateKeyToAccount } from "viem/accounts";
import { type MountedSecret, mountSecret } from "../runtime/testing-secret.ts";
import { devKey, devXpub, type TestAgent, testAgent } from "../test/harness/agent-inside.ts";
import { type Anvil, startAnvil } from "../test/harness/anvil.ts";
import { type ChainDatabase, chainDatabase } from "../test/harness/chain.ts";
import { placeToken, transferCall } from "../test/harness/token.ts";
import { until } from "../test/harness/until.ts";
import { evmAdapter } from "./adapters/evm.ts";
import { addressMaker } from "./deposits/addresses.ts";
import type { Deposit, StreamDepositsResponse } from "./generated/pitboss/chain/v1/deposit.ts";
import { localKey } from "./signer/local-key.ts";

const chainId = "eip155:31337";
const ether = 10n ** 18n;
const funder = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8";
const funderAccount = privateKeyToAccount(
  "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
);
const wallet = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";
const listedToken = `0x${"70".repeat(20)}`;
const otherToken = `0x${"71".repeat(20)}`;

/** A key, and the public half of the account that it is of. */
function familyOf(child: number): { key: string; xpub: string } {
  const account = HDKey.fromMasterSeed(Buffer.alloc(32, 11)).derive("m/44'/60'/0'/0");
  const { privateKey } = account.deriveChild(child);
  assert.ok(privateKey);
  return { key: Buffer.from(privateKey).toString("hex"), xpub: account.publicExtendedKey };
}

let destinations = 0;
/** An address that nothing was ever paid to. */
const somebody = () => `0x${(0xabcdef0000 + destinations++).toString(16).padStart(40, "0")}`;

describe("money on anvil", () => {
  let database: ChainDatabase;
  let secret: MountedSecret;
  let anvil: Anvil;
  let agent: TestAgent;
  let token: string;

  const opened = new Set<TestAgent>();
  const open = async (more: Partial<Parameters<typeof testAgent>[0]> = {}) => {
    const made = await testAgent({
      ...{ directory: secret.directory, nodes: [anvil.url], adapter: evmAdapter(chainId), chainId },
      ...{ signer: localKey(devKey), xpub: devXpub, assets: [token], ...more },
    });
    opened.add(made);
    return made;
  };
  const close = async (one: TestAgent | undefined) => {
    if (one !== undefined && opened.delete(one)) await one.stop();
  };

  before(async () => {
    [database, anvil] = await Promise.all([chainDatabase(), startAnvil()]);
    secret = await mountSecret(database.agentUrl);
    token = await placeToken(anvil, listedToken);
    await placeToken(anvil, otherToken);
    await anvil.mine(8);
    agent = await open();
    await until("the chain is followed", async () => agent.follower.finalized !== undefined);
  });
  after(async () => {
    for (const one of opened) await close(one);
    await anvil?.stop();
    await secret?.remove();
    await database?.drop();
  });

  const hex = (amount: bigint) => `0x${amount.toString(16)}`;
  const pay = async (to: string, amount: bigint, data = "0x") => {
    const transaction = { from: funder, to, value: hex(amount), data, gas: "0x30d40" };
    return String(await anvil.rpc("eth_sendTransaction", transaction));
  };
  const balance = async (address: string) =>
    BigInt(String(await anvil.rpc("eth_getBalance", address, "latest")));
  const depositTo = (address: string, state?: string) =>
    until(`a deposit to ${address} ${state ?? ""}`, async () =>
      (await agent.deposits()).find((one) => {
        return one.address === address && (state === undefined || one.state.endsWith(state));
      }),
    );
  const reaches = (id: string, state: string) =>
    until(`${id} ${state}`, async () => {
      const found = await agent.withdrawal(id);
      return found.state === `WITHDRAWAL_STATE_${state}` && found;
    });
  const scanned = (height: number) =>
    until(`block ${height} was read`, async () => {
      const { rows } = await database.db.pool.query("SELECT height FROM chain.scans");
      return Number(rows[0]?.height) >= height;
    });
  const height = async () => Number(await anvil.rpc("eth_blockNumber"));

  describe("deposits", () => {
    it("have an address for each reference, the same for ever", async () => {
      const address = await agent.watch("player-1");
      assert.equal(await agent.watch("player-1"), address);
      const others = await Promise.all(["player-2", "player-3"].map((one) => agent.watch(one)));
      assert.equal(new Set([address, ...others]).size, 3);
      const given = { reference: "player-1", address: somebody(), birthHeight: undefined };
      await assert.rejects(
        agent.call("Deposit", "batchWatchAddresses", { chainId: "", requests: [given] }),
        { reason: "OTHER_BODY" },
      );
    });

    it("are shown at once with confirmations, and final when their block is", async () => {
      const address = await agent.watch("simple");
      const hash = await pay(address, ether);
      await anvil.mine(1);
      const pending = await depositTo(address);
      assert.equal(pending.state, "DEPOSIT_STATE_PENDING");
      assert.deepEqual([pending.amount, pending.reference], [String(ether), "simple"]);
      assert.equal(pending.depositId, `${chainId}/${hash}/value`);
      await anvil.mine(2);
      await until("3 confirmations", async () => (await depositTo(address)).confirmations === 3n);
      assert.equal((await depositTo(address)).state, "DEPOSIT_STATE_PENDING");
      await anvil.mine(4);
      const final = await depositTo(address, "FINALIZED");
      assert.ok(final.revision > pending.revision);
    });

    it("of listed tokens are seen; of other tokens, of nothing and of failed calls are not", async () => {
      const address = await agent.watch("tokens");
      await pay(listedToken, 0n, transferCall(address, 7n));
      await pay(otherToken, 0n, transferCall(address, 8n));
      await pay(listedToken, 0n, transferCall(address, 0n));
      await pay(address, 0n);
      await pay(listedToken, 5n, transferCall(address, 9n));
      await anvil.mine(1);
      await scanned(await height());
      const seen = (await agent.deposits()).filter((one) => one.address === address);
      assert.deepEqual(
        seen.map(({ asset, amount }) => [asset, amount]),
        [[token, "7"]],
      );
    });

    it("go with their block, and come back under the same id when they are mined again", async () => {
      const address = await agent.watch("reorged");
      // The reorg shall take nothing else with it.
      await anvil.mine(2);
      const raw = await funderAccount.signTransaction({
        ...{
          type: "eip1559",
          chainId: 31337,
          to: address as `0x${string}`,
          value: ether,
          gas: 21_000n,
        },
        ...{
          nonce: Number(await nonceOf(funder)),
          maxFeePerGas: 10n ** 10n,
          maxPriorityFeePerGas: 10n ** 9n,
        },
      });
      await anvil.rpc("eth_sendRawTransaction", raw);
      await anvil.mine(1);
      const first = await depositTo(address, "PENDING");
      await anvil.reorg(2);
      const gone = await depositTo(address, "REORGED");
      assert.deepEqual([gone.depositId, gone.confirmations], [first.depositId, 0n]);
      await anvil.rpc("eth_sendRawTransaction", raw);
      await anvil.mine(2);
      const again = await depositTo(address, "PENDING");
      assert.equal(again.depositId, first.depositId);
      assert.notEqual(again.block?.hash, first.block?.hash);
      assert.ok(again.revision > gone.revision && gone.revision > first.revision);
      await anvil.mine(5);
      await depositTo(address, "FINALIZED");
    });

    it("from before their address was watched are found by its birth height", async () => {
      const address = somebody();
      const birthHeight = BigInt(await height());
      await pay(address, 3n);
      await anvil.mine(8);
      await pay(address, 4n);
      await anvil.mine(1);
      await scanned(await height());
      const requests = [{ reference: "old", address, birthHeight }];
      await agent.call("Deposit", "batchWatchAddresses", { chainId: "", requests });
      await until("both are found", async () => {
        const found = (await agent.deposits()).filter((one) => one.address === address);
        const told = found.map(({ amount, state }) => `${amount} ${state}`).sort();
        return told.join() === "3 DEPOSIT_STATE_FINALIZED,4 DEPOSIT_STATE_PENDING";
      });
    });

    it("are streamed from any cursor without a gap or a repeat, with how far the chain was read", async () => {
      const read = async (cursor: string, enough: (seen: StreamDepositsResponse[]) => boolean) => {
        const seen: StreamDepositsResponse[] = [];
        const leave = new AbortController();
        for await (const message of agent.streamDeposits(cursor, leave.signal)) {
          seen.push(message);
          if (enough(seen)) leave.abort();
        }
        return seen;
      };
      const isQuiet = ({ event }: StreamDepositsResponse) => event?.$case === "heartbeat";
      const whole = await read("", (seen) => seen.some(isQuiet));
      const deposits = whole.flatMap(({ event }) =>
        event?.$case === "deposit" ? [event.value] : [],
      );
      const ids = (list: Deposit[]) =>
        list.map(({ depositId, revision }) => `${depositId} ${revision}`);
      assert.equal(new Set(deposits.map(({ depositId }) => depositId)).size, deposits.length);
      const rest = await read(whole[2]?.cursor ?? "", (seen) => seen.some(isQuiet));
      const after = rest.flatMap(({ event }) => (event?.$case === "deposit" ? [event.value] : []));
      assert.deepEqual(ids(after), ids(deposits.slice(3)));
      const quiet = whole.findLast(isQuiet)?.event;
      assert.ok(quiet?.$case === "heartbeat" && (quiet.value.scannedTo?.height ?? 0n) > 0n);
      for (const [cursor, reason] of [
        ["withdrawals.1", "BAD_CURSOR"],
        ["deposits.x", "BAD_CURSOR"],
        ["deposits.999999", "CURSOR_TOO_OLD"],
      ] as const) {
        await assert.rejects(
          read(cursor, () => true),
          { reason },
        );
      }
    });
  });

  const fees = { maxFeePerGas: hex(10n ** 10n), maxPriorityFeePerGas: hex(10n ** 9n) };
  /** A candidate is stored before any node sees it. */
  const isSent = async (candidate: { readonly transactionHash: string } | undefined) =>
    candidate !== undefined &&
    (await anvil.rpc("eth_getTransactionByHash", candidate.transactionHash)) !== null;
  const nonceOf = (address: string) => anvil.rpc("eth_getTransactionCount", address, "pending");

  describe("withdrawals", () => {
    it("are paid once, and followed until they are final", async () => {
      const to = somebody();
      const first = await agent.submit("simple", to, ether);
      assert.deepEqual([first.state, first.from], ["WITHDRAWAL_STATE_ACCEPTED", wallet]);
      const again = await agent.submit("simple", to.toUpperCase().replace("0X", "0x"), ether);
      assert.deepEqual([again.nonce, again.to], [first.nonce, to]);
      await assert.rejects(agent.submit("simple", to, 2n * ether), { reason: "OTHER_BODY" });
      await reaches("simple", "BROADCAST");
      await anvil.mine(1);
      const mined = await reaches("simple", "MINED");
      assert.equal(mined.candidates[0]?.transactionHash, mined.transactionHash);
      assert.equal(mined.refundable, false);
      await anvil.mine(6);
      const paid = await reaches("simple", "FINALIZED");
      assert.ok(BigInt(paid.fee) > 0n);
      assert.equal(await balance(to), ether);
    });

    it("of tokens are paid by a transfer", async () => {
      await agent.submit("token", somebody(), 5n, token);
      await reaches("token", "BROADCAST");
      await anvil.mine(6);
      await reaches("token", "FINALIZED");
    });

    it("that a reorg undoes are sent again, the same transaction", async () => {
      const to = somebody();
      await anvil.mine(2);
      await agent.submit("undone", to, 5n);
      await reaches("undone", "BROADCAST");
      await anvil.mine(1);
      const mined = await reaches("undone", "MINED");
      await anvil.reorg(3);
      assert.equal(await balance(to), 0n);
      await until(
        "sent again",
        async () => (await agent.withdrawal("undone")).state === "WITHDRAWAL_STATE_BROADCAST",
      );
      await anvil.mine(6);
      const paid = await reaches("undone", "FINALIZED");
      assert.equal(paid.transactionHash, mined.transactionHash);
      assert.equal(await balance(to), 5n);
    });

    it("to nobody, of nothing that is known, or to ourselves are refused for good, without a nonce", async () => {
      const { rows } = await database.db.pool.query("SELECT next_nonce FROM chain.senders");
      await assert.rejects(agent.submit("bad-address", "0x12", 1n), { reason: "BAD_ADDRESS" });
      await assert.rejects(
        agent.submit("bad-asset", somebody(), 1n, `${chainId}/erc20:${otherToken}`),
        {
          reason: "BAD_ASSET",
        },
      );
      await assert.rejects(agent.submit("zero", somebody(), 0n), { reason: "BAD_REQUEST" });
      await agent.submit("to-self", wallet, 1n);
      for (const id of ["bad-address", "bad-asset", "to-self"]) {
        const kept = await agent.withdrawal(id);
        assert.deepEqual(
          [kept.state, kept.refundable, kept.nonce],
          ["WITHDRAWAL_STATE_REJECTED", true, undefined],
        );
      }
      await assert.rejects(agent.withdrawal("zero"), { reason: "UNKNOWN_WITHDRAWAL" });
      const later = await database.db.pool.query("SELECT next_nonce FROM chain.senders");
      assert.deepEqual(later.rows, rows);
    });

    it("that the chain would refuse are refused before they have a nonce", async () => {
      const refused = await agent.submit("to-token", listedToken, 1n);
      assert.equal(refused.state, "WITHDRAWAL_STATE_REJECTED");
      assert.match(refused.message, /refuses/);
    });

    it("that the chain refuses only later give their nonce up and hold nobody else up", async () => {
      const [refuser, to] = [somebody(), somebody()];
      // Between submission and signing the receiver becomes a contract that takes nothing.
      const [first] = await Promise.all([
        agent.submit("turned", refuser, 1n),
        placeToken(anvil, refuser),
      ]);
      await agent.submit("behind", to, 2n);
      await until(
        "sent",
        async () => (await agent.withdrawal("behind")).state === "WITHDRAWAL_STATE_BROADCAST",
      );
      await anvil.mine(7);
      await reaches("behind", "FINALIZED");
      const ended = await until("over", async () => {
        const { state, refundable } = await agent.withdrawal("turned");
        return refundable && state;
      });
      assert.match(ended, /CANCELLED|FAILED|REJECTED/);
      assert.ok(first.withdrawalId === "turned" && (await balance(to)) === 2n);
    });

    it("that are stuck get a fee that is an eighth higher, on the same nonce; one of them is mined", async () => {
      const to = somebody();
      await agent.submit("stuck", to, 6n);
      await reaches("stuck", "BROADCAST");
      await agent.call("Withdrawal", "bumpWithdrawalFee", { withdrawalId: "stuck", feeRate: "" });
      const bumped = await until("the second one is sent", async () => {
        const found = await agent.withdrawal("stuck");
        return (await isSent(found.candidates[1])) && found;
      });
      const [low, high] = bumped.candidates.map(({ feeRate }) => BigInt(feeRate));
      assert.ok(low !== undefined && high !== undefined && high * 8n >= low * 9n);
      await assert.rejects(
        agent.call("Withdrawal", "bumpWithdrawalFee", {
          withdrawalId: "stuck",
          feeRate: String(high + 1n),
        }),
        { reason: "BAD_REQUEST" },
      );
      await anvil.mine(7);
      const paid = await reaches("stuck", "FINALIZED");
      assert.equal(paid.transactionHash, bumped.candidates[1]?.transactionHash);
      assert.equal(await balance(to), 6n);
      await assert.rejects(
        agent.call("Withdrawal", "bumpWithdrawalFee", { withdrawalId: "stuck", feeRate: "" }),
        {
          reason: "NOT_POSSIBLE",
        },
      );
    });

    it("that are cancelled spend their nonce on nobody", async () => {
      const to = somebody();
      await agent.submit("cancelled", to, 7n);
      await reaches("cancelled", "BROADCAST");
      await agent.call("Withdrawal", "cancelWithdrawal", { withdrawalId: "cancelled" });
      await until("the cancelling one is sent", async () =>
        isSent((await agent.withdrawal("cancelled")).candidates.find(({ cancels }) => cancels)),
      );
      await anvil.mine(7);
      const over = await reaches("cancelled", "CANCELLED");
      assert.equal(over.refundable, true);
      assert.equal(await balance(to), 0n);
      await assert.rejects(
        agent.call("Withdrawal", "cancelWithdrawal", { withdrawalId: "cancelled" }),
        {
          reason: "NOT_POSSIBLE",
        },
      );
    });

    it("that the wallet cannot cover say so, and let the next ones go on once they are cancelled", async () => {
      const to = somebody();
      await agent.submit("unaffordable", to, 10n ** 30n);
      await agent.submit("behind-it", to, 3n);
      await until("it says what it lacks", async () =>
        /hot wallet 0x\w+ lacks funds/.test((await agent.withdrawal("unaffordable")).message),
      );
      await agent.call("Withdrawal", "cancelWithdrawal", { withdrawalId: "unaffordable" });
      await until("both are paid for", async () => {
        await anvil.mine(1);
        const [first, next] = [
          await agent.withdrawal("unaffordable"),
          await agent.withdrawal("behind-it"),
        ];
        return first.state.endsWith("CANCELLED") && next.state.endsWith("FINALIZED");
      });
      assert.equal(await balance(to), 3n);
    });

    it("whose nonce somebody else spent need attention, and get no other nonce", async () => {
      const to = somebody();
      await anvil.rpc("anvil_dropAllTransactions");
      const nonce = hex(
        BigInt(String(await anvil.rpc("eth_getTransactionCount", wallet, "latest"))),
      );
      const theirs = { from: wallet, to: somebody(), value: "0x1", nonce, gas: "0x5208", ...fees };
      await anvil.rpc("eth_sendTransaction", theirs);
      await agent.submit("stolen", to, 8n);
      await until("signed", async () => (await agent.withdrawal("stolen")).candidates.length > 0);
      await anvil.rpc("anvil_dropAllTransactions");
      await anvil.rpc("eth_sendTransaction", theirs);
      await anvil.mine(1);
      await anvil.mine(6);
      const stolen = await reaches("stolen", "NEEDS_ATTENTION");
      assert.equal(stolen.refundable, false);
      assert.match(stolen.message, /not ours/);
      assert.equal(await balance(to), 0n);
      // A person has looked: it can never be mined.
      await database.db.pool.query("SELECT chain.give_up($1, 'stolen', 'spent by hand')", [
        chainId,
      ]);
      assert.equal((await agent.withdrawal("stolen")).refundable, true);
    });
  });

  describe("another wallet", () => {
    it("gives no player its own address, though its key is of the same account", async () => {
      const { key, xpub } = familyOf(1);
      const own = await open({ signer: localKey(key), xpub });
      await until("it follows", async () => own.follower.finalized !== undefined);
      const given = await Promise.all(["f-0", "f-1", "f-2"].map((one) => own.watch(one)));
      const hot = privateKeyToAccount(`0x${key}`).address.toLowerCase();
      assert.equal(new Set(given).size, 3);
      assert.ok(!given.includes(hot));
      const family = addressMaker(xpub);
      assert.deepEqual(
        given.toSorted(),
        [0n, 2n, 3n].map((child) => family.address(child)).toSorted(),
      );
      const request = { reference: "mine", address: hot, birthHeight: undefined };
      await assert.rejects(
        own.call("Deposit", "batchWatchAddresses", { chainId: "", requests: [request] }),
        { reason: "BAD_ADDRESS" },
      );
      await close(own);
    });

    it("raises the fee by itself, again and again, and pays once", async () => {
      const to = somebody();
      const { key, xpub } = familyOf(0);
      const from = privateKeyToAccount(`0x${key}`).address;
      await anvil.rpc("anvil_setBalance", from, hex(ether));
      const eager = await open({ signer: localKey(key), xpub, sendingPace: { bumpMs: 150 } });
      await until("it follows", async () => eager.follower.finalized !== undefined);
      await eager.submit("eager", to, 9n);
      const { candidates } = await until("three times", async () => {
        const found = await eager.withdrawal("eager");
        return found.candidates.length >= 3 && found;
      });
      const rates = candidates.map(({ feeRate }) => BigInt(feeRate));
      for (const [i, rate] of rates.entries()) {
        if (i > 0) assert.ok(rate * 8n >= (rates[i - 1] ?? 0n) * 9n);
      }
      await anvil.mine(7);
      await until(
        "paid",
        async () => (await eager.withdrawal("eager")).state === "WITHDRAWAL_STATE_FINALIZED",
      );
      assert.equal(await balance(to), 9n);
      await close(eager);
    });
  });

  describe("two replicas", () => {
    it("share the nonces: none twice, no gap, and one of them sends", async () => {
      const other = await open();
      await until("the other follows", async () => other.follower.finalized !== undefined);
      const ids = Array.from({ length: 24 }, (_, i) => `pair-${i}`);
      const receivers = ids.map(() => somebody());
      // Each is submitted to both at once, as a lobby does that heard no answer.
      const answers = await Promise.all(
        ids.flatMap((id, i) => [agent, other].map((one) => one.submit(id, receivers[i] ?? "", 1n))),
      );
      const nonces = [...new Set(answers.map(({ nonce }) => nonce ?? -1n))].sort((a, b) =>
        Number(a - b),
      );
      assert.equal(nonces.length, ids.length);
      assert.equal(nonces.at(-1), (nonces[0] ?? 0n) + BigInt(ids.length - 1));
      const held = () =>
        [agent, other].filter(({ money }) => money.duties.get(`wallet ${wallet}`)?.held);
      assert.equal(held().length, 1);
      await until("mined", async () => {
        await anvil.mine(1);
        return (await Promise.all(receivers.map(balance))).every((amount) => amount === 1n);
      });
      // The one that sends goes away; the other takes over.
      const [sender] = held();
      const [left] = [agent, other].filter((one) => one !== sender);
      await close(sender);
      if (left !== undefined) agent = left;
      await agent.submit("after", somebody(), 1n);
      await reaches("after", "BROADCAST");
      await anvil.mine(6);
      await reaches("after", "FINALIZED");
    });
  });

  // Mocha runs what stands alone before any group: these two are for the end.
  describe("at the end", () => {
    it("nothing goes out once what was final is not; what is stored stays", async () => {
      await agent.submit("before", somebody(), 1n);
      await reaches("before", "BROADCAST");
      await anvil.rpc("anvil_rollback", 6);
      await anvil.mine(12);
      await until("the violation shows", async () => agent.follower.violation !== undefined);
      await assert.rejects(agent.submit("too-late", somebody(), 1n), {
        reason: "FINALITY_VIOLATION",
      });
      assert.equal(
        (await agent.submit("before", (await agent.withdrawal("before")).to, 1n)).withdrawalId,
        "before",
      );
      const { state } = await agent.withdrawal("before");
      assert.equal(state, "WITHDRAWAL_STATE_BROADCAST");
    });

    it("no line of the log has a key or a signed transaction", () => {
      const log = agent.log.join("\n");
      assert.ok(log.length > 100);
      assert.ok(!log.includes(devKey) && !/0x02f8/.test(log));
    });
  });
});
