import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import {
  expectOk,
  expectProblem,
  type TestDatabase,
  testDatabase,
  withClient,
} from "../../test/harness/database.ts";
import { seedKey, unwrapKey, wrapKey } from "./seed-keys.ts";

describe("seedKey", () => {
  const platformKey = Buffer.alloc(32, 3);
  let database: TestDatabase;

  before(async () => {
    database = await testDatabase();
  });
  after(() => database.drop());

  it("makes one key for a game, whoever asks and however many at once", async () => {
    const name = database.gameName();
    const results = await Promise.all(
      Array.from({ length: 8 }, () => seedKey(database.db, name, platformKey)),
    );
    const keys = new Set(results.map((result) => expectOk(result).toString("hex")));
    assert.equal(keys.size, 1);
    assert.match([...keys].join(), /^[0-9a-f]{64}$/);
    const other = expectOk(await seedKey(database.db, database.gameName(), platformKey));
    assert.ok(!keys.has(other.toString("hex")));
  });

  it("keeps it in the database under the platform's key only", async () => {
    const name = database.gameName();
    const key = expectOk(await seedKey(database.db, name, platformKey));
    await withClient(database.url, async (client) => {
      const { rows } = await client.query(
        "SELECT wrapped_key FROM pitboss.seed_keys WHERE game = $1",
        [name],
      );
      const wrapped: Buffer = rows[0].wrapped_key;
      assert.equal(wrapped.includes(key), false);
      assert.deepEqual(unwrapKey(platformKey, name, wrapped), key);
    });
    const other = await seedKey(database.db, name, Buffer.alloc(32, 4));
    expectProblem(other, "PlatformKeyMismatch", /Restore the platform key's Secret/);
    assert.deepEqual(expectOk(await seedKey(database.db, name, platformKey)), key);
  });

  it("opens no key that was wrapped for another game or changed", () => {
    const key = Buffer.alloc(32, 5);
    const wrapped = wrapKey(platformKey, "mines", key);
    assert.deepEqual(unwrapKey(platformKey, "mines", wrapped), key);
    assert.equal(unwrapKey(platformKey, "dice", wrapped), null);
    assert.equal(unwrapKey(platformKey, "mines", wrapped.subarray(1)), null);
    wrapped.writeUInt8(wrapped.readUInt8(20) ^ 1, 20);
    assert.equal(unwrapKey(platformKey, "mines", wrapped), null);
  });
});
