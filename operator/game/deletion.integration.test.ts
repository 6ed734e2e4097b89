import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { withClient } from "../../test/harness/database.ts";
import { created, placeRequest } from "../../test/harness/game.ts";
import { until } from "../../test/harness/until.ts";
import { games, type Running, World } from "../../test/harness/world.ts";

const mines = {
  engine: "mines",
  config: {},
  stakes: [{ currency: "USD", min: "1", max: "100", step: "1", maxPayout: "100000" }],
  returnToPlayer: { min: "0.9", sideMin: "0", max: "1" },
};

describe("deleting a Game", function () {
  this.timeout(60_000);
  let world: World;
  let running: Running;

  before(async () => {
    world = await World.create();
    running = await world.start();
  });

  after(async () => {
    await world?.end();
  });

  const make = async (change: object = {}): Promise<string> => {
    const name = world.database.gameName("gone");
    await world.applyGame(name, change);
    await world.says(name, "Ready", "Ready");
    return name;
  };

  const remove = async (name: string, namespace = world.casino): Promise<void> => {
    await world.user.remove(games(namespace, name));
    await world.gone(games(namespace, name));
  };

  const query = <Row extends object>(sql: string, values: unknown[]): Promise<Row[]> =>
    withClient(world.database.superuserUrl, async (client) => {
      return (await client.query<Row>(sql, values)).rows;
    });

  /** What is left of a game: its schema, whether its role may log in, and whose it is. */
  const left = async (name: string) => {
    const [row] = await query<{ schema: boolean; login: boolean | null; released: boolean | null }>(
      `SELECT to_regnamespace($1) IS NOT NULL AS schema,
              (SELECT rolcanlogin FROM pg_roles WHERE rolname = $2) AS login,
              (SELECT released_at IS NOT NULL FROM pitboss.ownership WHERE game = $3) AS released`,
      [`"game_${name}"`, `game_${name}`, name],
    );
    return row;
  };

  /** Rounds that wait for their player, and what became of each. */
  const openRounds = async (name: string, count: number): Promise<string[]> =>
    world.play(name, async (pod) => {
      const ids: string[] = [];
      for (let i = 0; i < count; i += 1) {
        const placed = await pod.rounds.place(placeRequest(await world.player(), { mines: 3 }));
        ids.push(created(placed).id);
      }
      return ids;
    });

  const states = (name: string) =>
    query<{ state: string; sealed: boolean }>(
      `SELECT r.state, p.server_seed IS NULL AS sealed
         FROM "game_${name}".rounds r JOIN "game_${name}".seed_pairs p ON p.id = r.pair`,
      [],
    );

  it("keeps the schema and locks the role where it is to be retained", async () => {
    const name = await make();
    await remove(name);
    assert.deepEqual(await left(name), { schema: true, login: false, released: true });
    assert.ok(!(await running.registry.metrics()).includes(name), "no series stay behind");
  });

  it("drops both where it is to be deleted", async () => {
    const name = await make({ database: { deletionPolicy: "Delete" } });
    await remove(name);
    assert.deepEqual(await left(name), { schema: false, login: null, released: null });
  });

  it("finishes every open round first and reveals every seed", async () => {
    const name = await make(mines);
    await openRounds(name, 3);
    assert.deepEqual(
      (await states(name)).map(({ state }) => state),
      ["open", "open", "open"],
    );
    await remove(name);
    for (const { state, sealed } of await states(name)) {
      assert.equal(state, "settled");
      assert.equal(sealed, false);
    }
  });

  it("waits for a database that is away, says so, and ends well when it is back", async () => {
    const name = await make(mines);
    await openRounds(name, 1);
    await world.wire.cut();
    try {
      await world.user.remove(games(world.casino, name));
      const said = await world.says(name, "Deleting", "DatabaseUnreachable");
      assert.match(said.message, /remove the finalizer pitboss\.dev\/game/);
      assert.equal((await world.says(name, "Ready", "Deleting")).status, "False");
    } finally {
      await world.wire.mend();
    }
    await world.gone(games(world.casino, name), 30);
    assert.deepEqual(
      (await states(name)).map(({ state }) => state),
      ["settled"],
    );
  });

  it("ends in the foreground too", async () => {
    const name = await make();
    await world.user.remove(games(world.casino, name), { propagationPolicy: "Foreground" });
    await world.gone(games(world.casino, name));
    await world.gone(world.child("Deployment", name));
  });

  it("ends where nothing was made yet", async () => {
    const name = world.database.gameName("gone");
    await world.applyGame(name, { config: { multiplier: "3" } });
    await world.says(name, "Ready", "ReturnTooHigh");
    await remove(name);
    assert.deepEqual(await left(name), { schema: false, login: null, released: null });
    await until("its series are gone", async () => {
      return !(await running.registry.metrics()).includes(name);
    });
    await world.applyGame(name);
    await remove(name);
  });

  it("leaves the schema of the Game that has the name alone, and hands the name on", async () => {
    const name = await make();
    await world.applyGame(name, {}, { namespace: world.other });
    const said = await world.says(name, "Ready", "NameTaken", { namespace: world.other });
    assert.match(said.message, new RegExp(world.casino));
    assert.equal((await world.says(name, "Ready", "Ready")).status, "True");
    await remove(name, world.other);
    assert.deepEqual(await left(name), { schema: true, login: true, released: false });
    await world.applyGame(name, {}, { namespace: world.other });
    await world.says(name, "Ready", "NameTaken", { namespace: world.other });
    await remove(name);
    await world.says(name, "Ready", "Ready", { namespace: world.other });
    await remove(name, world.other);
  });

  it("leaves no child behind", async () => {
    const name = await make();
    await remove(name);
    for (const kind of ["Deployment", "Service", "Secret", "ConfigMap"]) {
      // The garbage collector looks for new kinds, as Games are here, twice a minute.
      const none = async () => (await world.children(kind, name)).length === 0;
      await until(`${kind} is gone`, none, 45);
    }
  });

  it("gives a Game of that name its data back", async () => {
    const name = await make();
    await remove(name);
    await world.applyGame(name);
    // Not before the garbage collector has taken the children of the first one.
    await world.says(name, "Ready", "Ready", { seconds: 45 });
    assert.deepEqual(await left(name), { schema: true, login: true, released: false });
  });

  it("ends with its namespace, open rounds and all", async () => {
    const name = world.database.gameName("gone");
    await world.applyGame(name, mines, { namespace: world.other });
    await world.says(name, "Ready", "Ready", { namespace: world.other });
    await world.user.remove(`/api/v1/namespaces/${world.other}`);
    await world.gone(`/api/v1/namespaces/${world.other}`, 40);
    assert.deepEqual(await left(name), { schema: true, login: false, released: true });
  });
});
