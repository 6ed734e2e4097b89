import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { crashingDatabase, everyCrash } from "../../test/harness/crashing-database.ts";
import {
  expectOk,
  expectProblem,
  type TestDatabase,
  testDatabase,
  urlOf,
  withClient,
} from "../../test/harness/database.ts";
import { endState } from "../../test/harness/end-state.ts";
import { dropGame } from "./drop.ts";
import { migrationsOf } from "./migrate.ts";
import { rotatePassword } from "./password.ts";
import { provisionGame } from "./provision.ts";
import { releaseGame } from "./release.ts";
import type { ProvisionRequest } from "./types.ts";

describe("provisionGame", () => {
  let database: TestDatabase;

  before(async () => {
    database = await testDatabase();
  });
  after(() => database.drop());

  const requestFor = (more: Partial<ProvisionRequest> = {}): ProvisionRequest => ({
    name: database.gameName(),
    namespace: "casino",
    uid: crypto.randomUUID(),
    password: "secret-of-the-game",
    connectionLimit: 7,
    ...more,
  });

  it("gives a Game its schema, its role and every migration", async () => {
    const request = requestFor();
    const made = expectOk(await provisionGame(database.db, request));
    const migrations = await migrationsOf(database.db, "game");
    const schema = `game_${request.name}`;
    assert.deepEqual(made, { schema, role: schema, migrations, ran: migrations, adopted: null });
    const again = expectOk(await provisionGame(database.db, request));
    assert.deepEqual(again, { ...made, ran: [] });
  });

  it("sends nothing but questions where all is settled", async () => {
    const request = requestFor();
    expectOk(await provisionGame(database.db, request));
    const before = await endState(database, request.name);
    const counting = crashingDatabase(database.db);
    expectOk(await provisionGame(counting.db, request));
    assert.ok(counting.count() <= 6, `${counting.count()} statements`);
    assert.deepEqual(await endState(database, request.name), before);
  });

  it("ends in the same state after a crash at any statement", async () => {
    const reference = requestFor();
    const counting = crashingDatabase(database.db);
    expectOk(await provisionGame(counting.db, reference));
    const expected = await endState(database, reference.name);
    await everyCrash(counting.count(), async (last) => {
      const request = requestFor();
      const dying = crashingDatabase(database.db, last);
      await assert.rejects(provisionGame(dying.db, request), /it died after/);
      expectOk(await provisionGame(database.db, request));
      assert.deepEqual(await endState(database, request.name), expected, `after ${last}`);
    });
  });

  it("makes a game once where two operators do so at once", async () => {
    const request = requestFor();
    const results = await Promise.all([
      provisionGame(database.db, request),
      provisionGame(database.db, request),
    ]);
    const ran = results.map((result) => expectOk(result).ran.length).sort();
    assert.deepEqual(ran, [0, (await migrationsOf(database.db, "game")).length]);
  });

  it("makes and drops many games at once", async () => {
    const requests = Array.from({ length: 12 }, () => requestFor());
    for (const result of await Promise.all(requests.map((it) => provisionGame(database.db, it)))) {
      expectOk(result);
    }
    const more = Array.from({ length: 6 }, () => requestFor());
    const results = await Promise.all([
      ...requests.map((it) => dropGame(database.db, it)),
      ...more.map((it) => provisionGame(database.db, it)),
    ]);
    for (const result of results) expectOk<unknown>(result);
  });

  it("keeps the oldest claim of a name", async () => {
    const first = requestFor();
    expectOk(await provisionGame(database.db, first));
    const second = { ...first, namespace: "elsewhere", uid: "another" };
    expectProblem(await provisionGame(database.db, second), "NameTaken", /namespace casino/);
    expectProblem(
      await provisionGame(database.db, { ...second, adopt: first.uid }),
      "NameTaken",
      /unique/,
    );
    expectOk(await provisionGame(database.db, first));
  });

  it("wants a word before it takes over a schema that was not released", async () => {
    const first = requestFor();
    expectOk(await provisionGame(database.db, first));
    const recreated = { ...first, uid: "recreated" };
    const refusal = await provisionGame(database.db, recreated);
    expectProblem(refusal, "AdoptionRequired", new RegExp(`pitboss.dev/adopt: ${first.uid}`));
    const adopted = await provisionGame(database.db, { ...recreated, adopt: first.uid });
    assert.equal(expectOk(adopted).adopted, first.uid);
    expectProblem(await provisionGame(database.db, first), "AdoptionRequired", /recreated/);
  });

  it("lets another namespace adopt once the cluster says that the owner is gone", async () => {
    const first = requestFor();
    expectOk(await provisionGame(database.db, first));
    const moved = { ...first, namespace: "elsewhere", uid: "moved", ownerLives: () => false };
    expectProblem(await provisionGame(database.db, moved), "AdoptionRequired", /casino/);
    expectOk(await provisionGame(database.db, { ...moved, adopt: first.uid }));
  });

  it("adopts a released schema of its platform with its data, and no other platform's", async () => {
    const first = requestFor();
    expectOk(await provisionGame(database.db, first));
    await withClient(database.superuserUrl, (client) =>
      client.query(
        `INSERT INTO "game_${first.name}".used_client_seeds VALUES ('ann', 'kept-seed')`,
      ),
    );
    assert.equal(expectOk(await releaseGame(database.db, first)), "released");
    const foreign = { ...database.db, limits: { platform: "another", connections: 100 } };
    const second = { ...first, uid: "second", password: "other" };
    expectProblem(await provisionGame(foreign, second), "AdoptionRequired", /platform pitboss/);
    assert.equal(expectOk(await provisionGame(database.db, second)).adopted, first.uid);
    const settings = { ...database.settings, user: `game_${first.name}`, password: "other" };
    await withClient(urlOf(settings), async (client) => {
      const { rows } = await client.query(
        `SELECT client_seed FROM "game_${first.name}".used_client_seeds`,
      );
      assert.deepEqual(rows, [{ client_seed: "kept-seed" }]);
    });
  });

  it("takes neither a schema nor a role that somebody else made", async () => {
    const schema = requestFor();
    const role = requestFor();
    await withClient(database.superuserUrl, async (client) => {
      await client.query(`CREATE SCHEMA "game_${schema.name}"`);
      await client.query(`CREATE ROLE "game_${role.name}"`);
    });
    expectProblem(await provisionGame(database.db, schema), "NameTaken", /did not make/);
    expectProblem(await provisionGame(database.db, role), "NameTaken", /did not make/);
    await withClient(database.superuserUrl, (client) =>
      client.query(`DROP ROLE "game_${role.name}"`),
    );
  });

  it("renews the password mid-life, and open sessions stay", async () => {
    const request = requestFor();
    expectOk(await provisionGame(database.db, request));
    const as = (password: string): string =>
      urlOf({ ...database.settings, user: `game_${request.name}`, password });
    await withClient(as(request.password), async (open) => {
      expectOk(await provisionGame(database.db, { ...request, password: "second" }));
      await withClient(as("second"), (client) => client.query("SELECT 1"));
      expectOk(await rotatePassword(database.db, request.name, "third"));
      await withClient(as("third"), (client) => client.query("SELECT 1"));
      await assert.rejects(
        withClient(as("second"), (client) => client.query("SELECT 1")),
        { code: "28P01" },
      );
      await open.query("SELECT 1");
    });
  });

  it("gives the role its limit of connections and no right to another game", async () => {
    const request = requestFor({ connectionLimit: 1 });
    const other = await database.provision();
    expectOk(await provisionGame(database.db, request));
    const settings = { ...database.settings, user: `game_${request.name}` };
    const url = urlOf({ ...settings, password: request.password });
    await withClient(url, async (client) => {
      await assert.rejects(
        withClient(url, (second) => second.query("SELECT 1")),
        { code: "53300" },
      );
      await assert.rejects(client.query(`SELECT FROM "${other.schema}".rounds`), { code: "42501" });
      await assert.rejects(client.query("SELECT FROM pitboss.seed_keys"), { code: "42501" });
      await assert.rejects(client.query(`DELETE FROM "game_${request.name}".rounds`), {
        code: "42501",
      });
      await client.query(`SELECT FROM "game_${request.name}".rounds`);
    });
  });
});
