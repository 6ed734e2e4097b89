import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "mocha";
import pg from "pg";
import {
  expectOk,
  type TestDatabase,
  testDatabase,
  withClient,
} from "../../test/harness/database.ts";
import { CHAIN_ROLE, migrateChain } from "./chain.ts";
import {
  type ChainRow,
  openWithdrawals,
  removeChain,
  saveChain,
  setChainReady,
} from "./chain-catalogue.ts";

describe("the agents' part of the database", function () {
  this.timeout(60_000);
  let database: TestDatabase;

  before(async () => {
    database = await testDatabase();
  });
  after(async () => {
    await database.drop();
  });

  const as = (password: string): string => {
    const url = new URL(database.url);
    url.username = CHAIN_ROLE;
    url.password = password;
    return url.href;
  };

  const row = (change: Partial<ChainRow> = {}): ChainRow => ({
    ...{ namespace: "pitboss-chain", name: "dev", uid: randomUUID() },
    ...{ protocol: "ethereum", network: "dev", chainId: "eip155:31337" },
    ...{ insecure: true, confirmations: 4 },
    assets: [{ asset: "eip155:31337/slip44:60", currency: "ETH", minWithdrawal: 10n }],
    ...change,
  });

  const chains = () =>
    withClient(database.lobbyUrl, async (client) => {
      const { rows } = await client.query(
        "SELECT namespace, name, chain_id, confirmations, ready FROM pitboss.chains ORDER BY name",
      );
      return rows;
    });

  it("is migrated once, with a role that logs in with the password that it was given last", async () => {
    const first = expectOk(await migrateChain(database.db, "first"));
    assert.ok(first.ran.length > 0);
    assert.deepEqual(expectOk(await migrateChain(database.db, "second")).ran, []);
    await assert.rejects(
      withClient(as("first"), async () => undefined),
      /password/,
    );
    await withClient(as("second"), async (client) => {
      await client.query("SELECT * FROM chain.deposits");
      await assert.rejects(client.query("INSERT INTO chain.deposits DEFAULT VALUES"), /permission/);
      await assert.rejects(client.query("SELECT * FROM pitboss.balances"), /permission/);
      await assert.rejects(client.query("SELECT * FROM pitboss.transfers"), /permission/);
    });
  });

  it("lists a Chain with its assets for the lobby, tells it, and writes only what differs", async () => {
    const chain = row();
    await withClient(database.lobbyUrl, async (client) => {
      const told: (string | undefined)[] = [];
      client.on("notification", ({ payload }) => told.push(payload));
      await client.query("LISTEN pitboss_chains");
      for (let times = 0; times < 2; times++) {
        assert.deepEqual(await saveChain(database.db, chain), { saved: true });
      }
      await setChainReady(database.db, chain, true);
      await setChainReady(database.db, chain, true);
      await client.query("SELECT 1");
      assert.deepEqual(told, ["pitboss-chain/dev", "pitboss-chain/dev"]);
      const { rows } = await client.query(
        "SELECT currency, min_withdrawal FROM pitboss.chain_assets WHERE chain = 'pitboss-chain/dev' AND listed",
      );
      assert.deepEqual(rows, [{ currency: "ETH", min_withdrawal: "10" }]);
    });
    assert.deepEqual(await chains(), [
      {
        ...{ namespace: "pitboss-chain", name: "dev", chain_id: "eip155:31337" },
        ...{ confirmations: 4, ready: true },
      },
    ]);
  });

  it("refuses another currency for an asset", async () => {
    const asset = { asset: "eip155:31337/slip44:60", currency: "BTC", minWithdrawal: 1n };
    const saved = await saveChain(database.db, row({ assets: [asset] }));
    assert.match("refused" in saved ? saved.refused : "", /keeps its currency/);
  });

  it("forgets a Chain that is gone, but not one that came after it", async () => {
    const [old, next] = [row({ name: "again" }), row({ name: "again" })];
    await saveChain(database.db, old);
    await saveChain(database.db, next);
    await removeChain(database.db, old);
    assert.equal((await chains()).length, 2);
    assert.equal(await openWithdrawals(database.db, next), 0);
    await removeChain(database.db, next);
    assert.equal((await chains()).length, 1);
  });

  it("survives two operators that make the role at the same moment", async () => {
    const other = await testDatabase();
    const pool = new pg.Pool({ connectionString: database.superuserUrl });
    try {
      const both = await Promise.all([migrateChain(database.db, "a"), migrateChain(other.db, "a")]);
      for (const result of both) expectOk(result);
    } finally {
      await pool.end();
      await other.drop();
    }
  });
});
