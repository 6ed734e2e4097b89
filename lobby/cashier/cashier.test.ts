import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { saveChain } from "../../operator/database/chain-catalogue.ts";
import { Database } from "../../runtime/database.ts";
import { createLogger } from "../../runtime/log.ts";
import { type TestIssuer, testApp, testIssuer } from "../../runtime/testing.ts";
import { type MountedSecret, mountSecret } from "../../runtime/testing-secret.ts";
import { agentEnvironment, startAgent, type TestAgent } from "../../test/harness/agent.ts";
import { devKey, devXpub } from "../../test/harness/agent-inside.ts";
import { type Anvil, startAnvil } from "../../test/harness/anvil.ts";
import { type ChainDatabase, chainDatabase } from "../../test/harness/chain.ts";
import { until } from "../../test/harness/until.ts";
import { Jackpots } from "../jackpots/jackpots.ts";
import { lobbyRoutes } from "../routes/index.ts";
import { Voids } from "../voids.ts";
import { Cashier } from "./cashier.ts";

const asset = "eip155:31337/slip44:60";
const funder = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8";
const receiver = `0x${"ce".repeat(20)}`;
const silent = createLogger("error", {}, { write: () => undefined });

describe("cashier", () => {
  let platform: ChainDatabase;
  let secrets: MountedSecret[];
  let anvil: Anvil;
  let agent: TestAgent | undefined;
  let database: Database;
  let cashier: Cashier;
  let issuer: TestIssuer;
  let app: Awaited<ReturnType<typeof testApp>>;
  let environment: Record<string, string>;

  const startTheAgent = async () => {
    agent = await startAgent(environment);
  };
  const startTheCashier = () => {
    const target = `127.0.0.1:${environment["PITBOSS_GRPC_PORT"]}`;
    const made = new Cashier({ database, log: silent, target, tlsDir: "", lookMs: 100 });
    made.start();
    return made;
  };

  before(async () => {
    [platform, anvil] = await Promise.all([chainDatabase(), startAnvil()]);
    secrets = await Promise.all(
      [platform.agentUrl, platform.lobbyUrl].map((url) => mountSecret(url)),
    );
    const [agentSecret = "", lobbySecret = ""] = secrets.map(({ directory }) => directory);
    await writeFile(join(agentSecret, "key"), devKey);
    await writeFile(join(agentSecret, "xpub"), devXpub);
    await saveChain(platform.db, {
      ...{ namespace: "casino", name: "local", uid: randomUUID(), protocol: "ethereum" },
      ...{ network: "anvil", chainId: "eip155:31337", insecure: true, confirmations: 1 },
      assets: [{ asset, currency: "ETH", minWithdrawal: 1_000n }],
    });
    await anvil.mine(8);
    environment = agentEnvironment([anvil.url], agentSecret, {
      PITBOSS_SIGNER_KEY_FILE: join(agentSecret, "key"),
      PITBOSS_DEPOSIT_XPUB_FILE: join(agentSecret, "xpub"),
    }) as Record<string, string>;
    await startTheAgent();
    environment["PITBOSS_GRPC_PORT"] = String(agent?.grpcPort);
    database = await Database.open({
      directory: lobbySecret,
      connections: 6,
      application: "cashier test",
    });
    cashier = startTheCashier();
    issuer = await testIssuer();
    const catalogue = { items: () => [] };
    const jackpots = new Jackpots({ database, log: silent });
    const voids = new Voids({ database, log: silent });
    app = await testApp(
      lobbyRoutes({ database, catalogue, jackpots, cashier, voids, log: silent }),
      issuer,
    );
  });
  after(async () => {
    await app?.stop();
    await cashier?.stop();
    await agent?.stop();
    await database?.stop();
    await anvil?.stop();
    for (const secret of secrets ?? []) await secret.remove();
    await platform?.drop();
  });

  const call = async (player: string, method: string, path: string, json?: object, key?: string) =>
    app.call(method, path, {
      token: await issuer.token(player),
      ...(json === undefined ? {} : { json }),
      ...(key === undefined ? {} : { key }),
    });
  const balance = async (player: string) => {
    const { body } = await call(player, "GET", "/wallet");
    return body.balances.find((one: { currency: string }) => one.currency === "ETH")?.balance;
  };
  const addressOf = async (player: string) => {
    const reply = await call(player, "POST", "/wallet/deposits/addresses", { currency: "ETH" });
    assert.equal(reply.status, 200, reply.text);
    return reply.body.address as string;
  };
  const pay = (to: string, wei: bigint) =>
    anvil.rpc("eth_sendTransaction", { from: funder, to, value: `0x${wei.toString(16)}` });
  const deposits = async (player: string) =>
    (await call(player, "GET", "/wallet/deposits")).body.items;
  const fund = (player: string, wei: bigint) =>
    platform.db.pool.query("SELECT pitboss.cashier_transfer($1, 'ETH', $2, $3)", [
      ...[player, String(wei), randomUUID()],
    ]);
  const withdraw = (player: string, amount: string, key: string = randomUUID(), more = {}) =>
    call(
      player,
      "POST",
      "/wallet/withdrawals",
      { currency: "ETH", amount, address: receiver, ...more },
      key,
    );
  const withdrawn = (player: string, id: string, state: string) =>
    until(`${id} ${state}`, async () => {
      const { body } = await call(player, "GET", "/wallet/withdrawals");
      const found = body.items.find((one: { id: string }) => one.id === id);
      return found?.state === state && found;
    });
  const booksAreRight = async () => {
    for (const view of ["wrong_balances", "wrong_cashiers"]) {
      assert.deepEqual(
        (await platform.db.pool.query(`SELECT * FROM pitboss.${view}`)).rows,
        [],
        view,
      );
    }
  };

  it("gives each player an address of his own, the same every time, also at once", async () => {
    const all = await Promise.all(Array.from({ length: 4 }, () => addressOf("ann")));
    assert.equal(new Set(all).size, 1);
    assert.notEqual(await addressOf("bea"), all[0]);
    const other = await call("ann", "POST", "/wallet/deposits/addresses", { currency: "USD" });
    assert.deepEqual([other.status, other.body.pointer], [422, "/currency"]);
    const nowhere = { currency: "ETH", chain: "casino/elsewhere" };
    const reply = await call("ann", "POST", "/wallet/deposits/addresses", nowhere);
    assert.deepEqual([reply.status, reply.body.pointer], [422, "/chain"]);
  });

  it("shows a deposit while it is pending and credits it once it is final", async () => {
    const address = await addressOf("cat");
    await pay(address, 3n);
    await anvil.mine(1);
    const pending = await until("pending", async () => (await deposits("cat"))[0]);
    assert.deepEqual(
      [pending.state, pending.amount, pending.creditedAt],
      ["pending", "0.000000000000000003", null],
    );
    assert.equal(await balance("cat"), undefined);
    await anvil.mine(2);
    await until("confirmations", async () => (await deposits("cat"))[0].confirmations === 3);
    assert.equal(await balance("cat"), undefined);
    await anvil.mine(4);
    await until("credited", async () => (await deposits("cat"))[0].state === "credited");
    assert.equal(await balance("cat"), "0.000000000000000003");
    const { body } = await call("cat", "GET", "/wallet/entries");
    assert.deepEqual(
      [body.items[0].kind, body.items[0].reference.slice(0, 13)],
      ["deposit", "eip155:31337/"],
    );
    assert.deepEqual(await deposits("ann"), []);
  });

  it("credits nothing of a deposit that a reorg takes away", async () => {
    await anvil.mine(2);
    await pay(await addressOf("dan"), 5n);
    await anvil.mine(1);
    await until("pending", async () => (await deposits("dan"))[0]?.state === "pending");
    await anvil.reorg(2);
    await until("reorged", async () => (await deposits("dan"))[0].state === "reorged");
    await anvil.mine(8);
    await until("read on", async () => (await deposits("dan"))[0].confirmations === 0);
    assert.equal(await balance("dan"), undefined);
  });

  it("pays out once for each key, and completes when the chain has it for good", async () => {
    await fund("eve", 10_000n);
    const key = randomUUID();
    const replies = await Promise.all(
      Array.from({ length: 5 }, () => withdraw("eve", "0.000000000000004", key)),
    );
    assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 200, 200, 200, 201]);
    const [{ id }] = replies.map(({ body }) => body);
    assert.equal(await balance("eve"), "0.000000000000006000");
    await withdrawn("eve", id, "submitted");
    await until("mined", async () => {
      await anvil.mine(1);
      return (await call("eve", "GET", "/wallet/withdrawals")).body.items[0].transaction !== null;
    });
    await anvil.mine(6);
    const done = await withdrawn("eve", id, "completed");
    assert.deepEqual([done.amount, done.address], ["0.000000000000004000", receiver]);
    assert.equal(BigInt(String(await anvil.rpc("eth_getBalance", receiver, "latest"))), 4_000n);
    assert.equal((await withdraw("eve", "0.000000000000004", key)).body.state, "completed");
    const other = await withdraw("eve", "0.000000000000003", key);
    assert.deepEqual([other.status, other.body.code], [422, "idempotency_mismatch"]);
    const odd = await call("eve", "POST", "/wallet/withdrawals", { amount: 1 }, key);
    assert.equal(odd.body.code, "idempotency_mismatch");
    await booksAreRight();
  });

  const refusals: [string, string, object, number, string][] = [
    ["more than there is", "1", {}, 402, "insufficient_funds"],
    ["less than the least", "0.000000000000000999", {}, 422, "/amount"],
    ["nothing", "0", {}, 422, "/amount"],
    ["too many decimals", "0.0000000000000000001", {}, 422, "/amount"],
    ["a negative amount", "-1", {}, 422, "/amount"],
    ["a currency of no chain", "1", { currency: "USD" }, 422, "/currency"],
    ["an unknown chain", "1", { chain: "casino/none" }, 422, "/chain"],
    ["no address", "1", { address: "" }, 422, "/address"],
    ["an unknown field", "1", { note: "x" }, 422, "/note"],
  ];
  for (const [what, amount, more, status, pointer] of refusals) {
    it(`refuses to pay out ${what}, and debits nothing`, async () => {
      await fund("fay", 10_000n);
      const before = await balance("fay");
      const reply = await withdraw("fay", amount, randomUUID(), more);
      assert.equal(reply.status, status, reply.text);
      assert.ok([reply.body.pointer, reply.body.code].includes(pointer), reply.text);
      assert.equal(await balance("fay"), before);
    });
  }

  it("gives back what can never be paid, and only then", async () => {
    await fund("gus", 10_000n);
    // Well formed, but the wrong checksum: only the chain's agent knows.
    const address = "0x70997970C51812dc3A010C7d01b50e0d17dc79c9";
    const { body } = await withdraw("gus", "0.00000000000001", randomUUID(), { address });
    const back = await withdrawn("gus", body.id, "refunded");
    assert.match(back.reason, /address/);
    assert.equal(await balance("gus"), "0.000000000000010000");
    const { body: entries } = await call("gus", "GET", "/wallet/entries");
    assert.deepEqual(
      entries.items.map(({ kind }: { kind: string }) => kind),
      ["refund", "withdrawal", "deposit"],
    );
    await booksAreRight();
  });

  it("keeps what players ask for while the agents are away, and says so of new addresses", async () => {
    await fund("hal", 10_000n);
    const known = await addressOf("hal");
    await agent?.stop();
    agent = undefined;
    const { body, status } = await withdraw("hal", "0.00000000000001");
    assert.deepEqual([status, body.state], [201, "requested"]);
    assert.equal(await addressOf("hal"), known);
    const reply = await call("ida", "POST", "/wallet/deposits/addresses", { currency: "ETH" });
    assert.deepEqual([reply.status, reply.body.code], [503, "unavailable"]);
    assert.ok(reply.headers.has("retry-after"));
    await pay(known, 7n);
    await anvil.mine(1);
    await startTheAgent();
    await withdrawn("hal", body.id, "submitted");
    await until("sent and mined", async () => {
      await anvil.mine(1);
      return (await call("hal", "GET", "/wallet/withdrawals")).body.items[0].state === "completed";
    });
    await until("credited", async () => (await deposits("hal"))[0]?.state === "credited");
    assert.equal(await balance("hal"), "0.000000000000000007");
  });

  it("books everything once with two lobbies at work, and goes on where one ends", async () => {
    const second = startTheCashier();
    const players = Array.from({ length: 12 }, (_, i) => `many-${i}`);
    for (const player of players) {
      await pay(await addressOf(player), 11n);
      await fund(player, 5_000n);
      await withdraw(player, "0.000000000000005");
    }
    await cashier.stop();
    await until("all is booked", async () => {
      await anvil.mine(2);
      const states = await Promise.all(
        players.map(async (player) => {
          const { body } = await call(player, "GET", "/wallet/withdrawals");
          return `${(await deposits(player))[0]?.state} ${body.items[0].state}`;
        }),
      );
      return states.every((state) => state === "credited completed");
    });
    for (const player of players) assert.equal(await balance(player), "0.000000000000000011");
    await booksAreRight();
    await second.stop();
    cashier = startTheCashier();
  });

  it("reads all again from agents whose database was set back, and books nothing twice", async () => {
    const before = await platform.db.pool.query("SELECT count(*) FROM pitboss.transfers");
    await cashier.stop();
    await platform.db.pool.query("UPDATE pitboss.chain_streams SET cursor = stream || '.999999'");
    cashier = startTheCashier();
    await until("read again", async () => {
      const { rows } = await platform.db.pool.query(
        "SELECT FROM pitboss.chain_streams WHERE cursor LIKE '%.999999'",
      );
      return rows.length === 0;
    });
    const after = await platform.db.pool.query("SELECT count(*) FROM pitboss.transfers");
    assert.deepEqual(after.rows, before.rows);
    await booksAreRight();
  });
});
