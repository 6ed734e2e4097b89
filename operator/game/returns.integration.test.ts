import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { withClient } from "../../test/harness/database.ts";
import { created, moved, placeRequest } from "../../test/harness/game.ts";
import { until } from "../../test/harness/until.ts";
import { games, type Running, World } from "../../test/harness/world.ts";

const mines = {
  engine: "mines",
  config: {},
  stakes: [{ currency: "USD", min: "1", max: "100", step: "1", maxPayout: "100000" }],
  returnToPlayer: { min: "0.9", sideMin: "0", max: "1" },
};

const ACKNOWLEDGED = "pitboss.dev/return-acknowledged";
/** Between two looks at what was played. */
const lookMs = 150;

describe("a Game that does not pay what is proven", function () {
  this.timeout(60_000);
  let world: World;
  let running: Running;
  let name: string;

  before(async () => {
    world = await World.create();
    running = await world.start({ playEveryMs: lookMs });
  });

  after(async () => {
    await world?.end();
  });

  const query = (sql: string, values: unknown[] = [name]) =>
    withClient(
      world.database.superuserUrl,
      async (client) => (await client.query(sql, values)).rows,
    );

  /** As if so much more had been paid, in a million rounds, than was expected; in minor units. */
  const forge = (deviation: number) =>
    query(
      `INSERT INTO pitboss.totals AS t SELECT $1, 'USD', 'forged', 1000000, 100000000, $2, $3, 1e10, 100, 200
         ON CONFLICT (game, currency, revision) DO UPDATE SET
           rounds = t.rounds + excluded.rounds, staked = t.staked + excluded.staked, paid = t.paid + excluded.paid,
           deviation = t.deviation + excluded.deviation,
           deviation_squared = t.deviation_squared + excluded.deviation_squared`,
      [name, 98_000_000 + deviation, deviation],
    );

  const make = async (onReturnBreach: "Alert" | "Suspend", change: object = {}) => {
    name = world.database.gameName("strays");
    await world.applyGame(name, { ...mines, monitoring: { onReturnBreach }, ...change } as object);
    await world.says(name, "Ready", "Ready");
    await world.says(name, "ReturnAsProven", "AsProven");
  };

  const acknowledge = (note: string) =>
    world.user.merge(games(world.casino, name), {
      metadata: { annotations: { [ACKNOWLEDGED]: note } },
    });

  const edit = (spec: object) => world.user.merge(games(world.casino, name), { spec });

  const row = async () => (await query("SELECT * FROM pitboss.games WHERE name = $1"))[0];

  const stateIs = (state: string) =>
    until(`the state in force is ${state}`, async () => {
      const game = await world.user.get(games(world.casino, name));
      return game?.["status"]?.state === state && (await row()).state === state;
    });

  const told = async (type: string, reason: string) => {
    const events = `/apis/events.k8s.io/v1/namespaces/${world.casino}/events`;
    return until(`an event tells of ${reason}`, async () =>
      (await world.user.list(events)).find(
        (event) =>
          event["regarding"].name === name && event["reason"] === reason && event["type"] === type,
      ),
    );
  };

  const gauge = async (metric: string) => {
    const text = await running.registry.metrics();
    return new RegExp(`${metric}\\{[^}]*game="${name}"\\} (\\S+)`).exec(text)?.[1];
  };

  const placed = async () => {
    const player = await world.player();
    const request = placeRequest(player, { mines: 1 });
    return world.play(name, (pod) => pod.rounds.place(request));
  };

  it("is suspended where it asks for that: no new rounds, while open ones go on", async () => {
    await make("Suspend");
    const player = await world.player();
    const request = placeRequest(player, { mines: 1 });
    const open = created(await world.play(name, (pod) => pod.rounds.place(request)));
    await forge(2_000_000);
    const ready = await world.says(name, "Ready", "PaysTooMuch");
    assert.equal(ready.status, "False");
    assert.match(
      ready.message,
      /1000000 rounds in USD staked 100000\d\.00 and paid 1000000\.00 \(9\d\.\d\d%\), where 980000\.00 \(9\d\.\d\d%\) is proven for what was played: 20000\.00 too much, and chance explains \d+\.\d\d\. New rounds are refused\./,
    );
    assert.match(ready.message, new RegExp(`annotate the Game ${ACKNOWLEDGED}`));
    assert.equal((await world.says(name, "Stalled", "PaysTooMuch")).status, "True");
    await stateIs("Suspended");
    assert.equal((await row()).ready, true, "players reach it: their rounds go on");
    const refused = await placed();
    assert.ok("refused" in refused);
    assert.equal(refused.refused, "game_suspended");
    const action = { type: "reveal", tile: 0 };
    const act = { player, round: open.id, version: 1, action, key: "k" };
    const acted = await world.play(name, (pod) =>
      pod.rounds.act({ ...act, requestHash: request.requestHash }),
    );
    assert.equal(moved(acted).version, 2);
    assert.equal(await gauge("pitboss_game_return_breach"), "1");
    assert.ok(Number(await gauge("pitboss_game_return_strain")) > 1);
    await told("Warning", "PaysTooMuch");
  });

  it("is written to no more once that is said, nor by an operator that starts again", async () => {
    await world.quiet(running, 4 * lookMs);
    const before = running.writes.length;
    await world.user.merge(games(world.casino, name), {
      metadata: { annotations: { touched: "1" } },
    });
    await world.quiet(running, 4 * lookMs);
    assert.deepEqual(running.writes.slice(before), []);
    await running.stop();
    running = await world.start({ playEveryMs: lookMs });
    await until("it is judged", async () => (await gauge("pitboss_game_return_breach")) === "1");
    await world.quiet(running, 4 * lookMs);
    assert.deepEqual(running.writes, []);
    assert.equal((await row()).state, "Suspended");
    const [{ breaches }] = await query(
      "SELECT count(*)::int AS breaches FROM pitboss.return_breaches WHERE game = $1",
    );
    assert.equal(breaches, 1);
  });

  it("takes no acknowledgement that says nothing", async () => {
    await acknowledge("ok");
    await until("it says how long it should be", async () => {
      const { message } = await world.says(name, "ReturnAsProven", "PaysTooMuch");
      return /its value now has 2 characters: 10 to 1000 are asked for/.test(message);
    });
    assert.equal((await row()).state, "Suspended");
  });

  it("takes rounds again once a person has said what it was", async () => {
    await acknowledge("Ann: a wrong table, CAS-1");
    await world.says(name, "ReturnAsProven", "AsProven");
    await world.says(name, "Ready", "Ready");
    await stateIs("Active");
    const event = await told("Normal", "ReturnAcknowledged");
    assert.match(event["note"], /1 breach of the return acknowledged: Ann: a wrong table, CAS-1/);
    assert.equal(await gauge("pitboss_game_return_breach"), "0");
    assert.ok("created" in (await placed()));
    await world.quiet(running, 4 * lookMs);
    assert.equal((await world.says(name, "ReturnAsProven", "AsProven")).status, "True");
  });

  it("is suspended again when it strays again, whatever was said before", async () => {
    await forge(-2_000_000);
    const { message } = await world.says(name, "Ready", "PaysTooLittle");
    assert.match(message, /1000001 rounds in USD|1000000 rounds in USD/);
    assert.match(message, /20\d\d\d\.\d\d too little|19\d\d\d\.\d\d too little/);
    await stateIs("Suspended");
    await world.user.merge(games(world.casino, name), {
      metadata: { annotations: { [ACKNOWLEDGED]: null } },
    });
    await acknowledge("Ann: a wrong table, CAS-1");
    await world.quiet(running, 4 * lookMs);
    assert.equal((await row()).state, "Suspended");
  });

  it("goes on, and says so, where it is told to alert only", async () => {
    await edit({ monitoring: { onReturnBreach: "Alert" } });
    await stateIs("Active");
    const ready = await world.says(name, "Ready", "Ready");
    assert.match(ready.message, /ReturnAsProven is False, see its message/);
    const { status, message } = await world.says(name, "ReturnAsProven", "PaysTooLittle");
    assert.equal(status, "False");
    assert.match(message, /Rounds go on/);
    assert.ok("created" in (await placed()));
    await edit({ monitoring: { onReturnBreach: "Suspend" } });
    await stateIs("Suspended");
  });

  it("hands the breach on with its schema, to whatever Game adopts it", async () => {
    await world.user.remove(games(world.casino, name));
    await world.gone(games(world.casino, name));
    assert.equal(await gauge("pitboss_game_return_strain"), undefined);
    await world.applyGame(name, { ...mines, monitoring: { onReturnBreach: "Suspend" } } as object);
    await world.says(name, "Ready", "PaysTooLittle");
    await stateIs("Suspended");
  });

  it("stays as it was where it takes no new rounds anyway", async () => {
    await make("Suspend", { state: "Draining" });
    await forge(2_000_000);
    await world.says(name, "Ready", "PaysTooMuch");
    await stateIs("Draining");
  });

  it("tells of it by an event of its own where it only alerts", async () => {
    await make("Alert");
    await forge(2_000_000);
    await world.says(name, "ReturnAsProven", "PaysTooMuch");
    await told("Warning", "PaysTooMuch");
    assert.equal((await world.says(name, "Ready", "Ready")).status, "True");
    assert.equal((await world.says(name, "Stalled", "NotStalled")).status, "False");
    assert.equal(await gauge("pitboss_game_return_breach"), "1");
    assert.ok("created" in (await placed()));
  });

  it("is left alone while it is paused", async () => {
    await make("Suspend");
    await world.user.merge(games(world.casino, name), {
      metadata: { annotations: { "pitboss.dev/paused": "true" } },
    });
    await world.says(name, "Paused", "PausedByAnnotation");
    await forge(2_000_000);
    await world.quiet(running, 4 * lookMs);
    assert.equal((await row()).state, "Active");
    await world.user.merge(games(world.casino, name), {
      metadata: { annotations: { "pitboss.dev/paused": null } },
    });
    await world.says(name, "Ready", "PaysTooMuch");
  });
});
