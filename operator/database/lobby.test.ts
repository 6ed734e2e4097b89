import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { testDatabase, urlOf, withClient } from "../../test/harness/database.ts";
import { provisionLobby } from "./lobby.ts";

// The role belongs to the whole server: this leaves it as the other tests expect it.
const usual = { password: "test-lobby", connectionLimit: 50 };

describe("provisionLobby", () => {
  it("renews the lobby's password, and the lobby may do its work and nothing else", async () => {
    const database = await testDatabase();
    const lobby = { ...database.settings, user: "pitboss_lobby" };
    try {
      await provisionLobby(database.db, { ...usual, password: "renewed" });
      await withClient(urlOf({ ...lobby, password: "renewed" }), async (client) => {
        await client.query("SELECT * FROM pitboss.games");
        await client.query("SELECT * FROM pitboss.wallet('ann')");
        for (const forbidden of [
          "SELECT * FROM pitboss.balances",
          "SELECT * FROM pitboss.seed_keys",
          "SELECT * FROM pitboss.ownership",
          "UPDATE pitboss.games SET state = 'Active'",
          "CREATE TABLE pitboss.mine (id int)",
        ]) {
          await assert.rejects(client.query(forbidden), { code: "42501" }, forbidden);
        }
      });
    } finally {
      await provisionLobby(database.db, usual);
      await database.drop();
    }
  });
});
