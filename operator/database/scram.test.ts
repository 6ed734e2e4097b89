import assert from "node:assert/strict";
import { describe, it } from "mocha";
import pg from "pg";
import { testDatabase, urlOf, withClient } from "../../test/harness/database.ts";
import { scramVerifier } from "./scram.ts";

describe("scramVerifier", () => {
  it("is what PostgreSQL computes from the same password and salt", async () => {
    const database = await testDatabase();
    const role = pg.escapeIdentifier(database.gameName("scram"));
    await withClient(database.superuserUrl, async (client) => {
      await client.query(`CREATE ROLE ${role} PASSWORD 'pencil'`);
      const { rows } = await client.query("SELECT rolpassword FROM pg_authid WHERE rolname = $1", [
        role.slice(1, -1),
      ]);
      const stored: string = rows[0].rolpassword;
      const salt = Buffer.from(/:(.*?)\$/.exec(stored)?.[1] ?? "", "base64");
      assert.equal(await scramVerifier("pencil", salt), stored);
      await client.query(`DROP ROLE ${role}`);
    });
    await database.drop();
  });

  it("lets a session in with the password and with no other", async () => {
    const database = await testDatabase();
    const game = await database.provision(undefined, { password: "a b'c\\d\"e$1:%" });
    await withClient(game.url, (client) => client.query("SELECT 1"));
    const wrong = urlOf({ ...game.settings, password: "a b" });
    await assert.rejects(
      withClient(wrong, (client) => client.query("SELECT 1")),
      { code: "28P01" },
    );
    await database.drop();
  });

  it("refuses what SASLprep would change", async () => {
    await assert.rejects(scramVerifier("pässword"), RangeError);
    await assert.rejects(scramVerifier(""), RangeError);
  });
});
