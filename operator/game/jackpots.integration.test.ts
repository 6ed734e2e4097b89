import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { withClient } from "../../test/harness/database.ts";
import { jackpotsOf } from "../../test/harness/jackpot-objects.ts";
import { until } from "../../test/harness/until.ts";
import { games, type Running, World } from "../../test/harness/world.ts";

describe("a Game that names Jackpots", function () {
  this.timeout(60_000);
  let world: World;
  let running: Running;
  let on: ReturnType<typeof jackpotsOf>;
  let name: string;

  before(async () => {
    world = await World.create();
    running = await world.start();
    on = jackpotsOf(world);
    name = world.database.gameName("fed");
  });

  after(async () => {
    await world?.end();
  });

  const edit = (spec: object) => world.user.merge(games(world.casino, name), { spec });
  const named = (...jackpots: string[]) =>
    edit({ jackpots: jackpots.map((one) => ({ name: one })) });

  const bound = () =>
    withClient(world.database.url, async (client) => {
      const { rows } = await client.query<{ name: string; ready: boolean }>(
        `SELECT j.name, g.ready FROM pitboss.game_jackpots b JOIN pitboss.jackpots j ON j.id = b.jackpot
           JOIN pitboss.games g ON g.name = b.game WHERE b.game = $1 ORDER BY j.name`,
        [name],
      );
      return rows;
    });
  const boundNames = async () => (await bound()).map((one) => one.name).join();

  it("says which one is missing, serves without it, and feeds it as soon as it is there", async () => {
    await on.apply("mega");
    await world.applyGame(name, { jackpots: [{ name: "mega" }, { name: "minor" }] });
    const missing = await world.says(name, "Ready", "JackpotMissing");
    assert.match(missing.message, /no Jackpot minor in casino.*create it/);
    await world.says(name, "RuntimeAvailable", "Available");
    await until("players can get to it", async () => (await bound())[0]?.ready);
    assert.equal(await boundNames(), "mega");
    await on.apply("minor", { trigger: { oneIn: "1000", per: "1" }, contribution: "1/200" });
    await world.says(name, "Ready", "Ready");
    assert.equal(await boundNames(), "mega,minor");
    const game = await world.user.get(games(world.casino, name));
    assert.deepEqual(game?.["status"].returnToPlayer.jackpots, [
      { currency: "USD", contribution: "3/200", total: "99.50%" },
    ]);
  });

  it("is not written to once it is settled, whatever the pools do", async () => {
    await world.quiet(running);
    const before = running.writes.length;
    await on.feed("mega", [100_000]);
    await until(
      "the pool is shown",
      async () => (await on.status("mega")).contributions !== "0.00",
    );
    await world.quiet(running, 1_000);
    const kinds = running.writes.slice(before).map(({ kind, name }) => `${kind.kind} ${name}`);
    assert.deepEqual([...new Set(kinds)], ["Jackpot mega"]);
  });

  it("says that one is of another currency", async () => {
    await on.apply("euro", { currency: "EUR" });
    await named("mega", "euro");
    const wrong = await world.says(name, "Ready", "JackpotCurrency");
    assert.match(wrong.message, /Jackpot euro is of EUR/);
    await named("mega", "minor");
    await world.says(name, "Ready", "Ready");
  });

  it("keeps one that is to be deleted until it lets go of it", async () => {
    await world.user.remove(on.path("minor"));
    const held = await on.says("minor", "Deleting", "InUse");
    assert.equal(held.status, "False");
    assert.match(held.message, new RegExp(`the Game ${name} still names it.*Take minor out`));
    const said = await world.says(name, "Ready", "JackpotDeleting");
    assert.match(said.message, /Jackpot minor is to be deleted, and waits for this Game/);
    assert.equal(await boundNames(), "mega,minor", "rounds feed it till then");
    await on.feed("minor", [100]);
    await named("mega");
    await world.says(name, "Ready", "Ready");
    const needed = await on.says("minor", "Deleting", "TransferNeeded");
    assert.match(needed.message, /kubectl patch jackpot -n .* minor .*transferTo/);
    assert.equal((await on.says("minor", "Stalled", "TransferNeeded")).status, "True");
    await on.edit("minor", { transferTo: { name: "euro" } });
    assert.match((await on.says("minor", "Deleting", "HeirMissing")).message, /euro.*no such/);
    const before = await on.status("mega");
    await on.edit("minor", { transferTo: { name: "mega" } });
    await world.gone(on.path("minor"));
    // The seed of 1,000 and the half cent of each of 100 cents: whole cents are shown.
    await until("mega has the money", async () => (await on.status("mega")).overflow === "1000.00");
    assert.equal((await on.status("mega")).pool, before.pool);
    const [row] = await withClient(world.database.url, async (client) => {
      const sql = "SELECT bool_and(difference = 0) AS balanced FROM pitboss.jackpot_books";
      return (await client.query<{ balanced: boolean }>(sql)).rows;
    });
    assert.ok(row?.balanced);
  });

  it("has a new pool where one of that name is made again", async () => {
    await on.apply("minor", { contribution: "1/200" });
    await on.says("minor", "Ready", "Ready");
    const { pool, contributions, wins } = await on.status("minor");
    assert.deepEqual(
      { pool, contributions, wins },
      { pool: "1000.00", contributions: "0.00", wins: 0 },
    );
    await named("mega", "minor");
    await until("it is fed again", async () => (await boundNames()) === "mega,minor");
  });

  it("follows one that was taken away and made again before anybody could look", async () => {
    await on.feed("minor", [20_000]);
    await until("it has money", async () => (await on.status("minor")).pool === "1001.00");
    await world.user.merge(on.path("minor"), { metadata: { finalizers: [] } });
    await world.user.remove(on.path("minor"));
    await on.apply("minor", { contribution: "1/200" });
    await on.says("minor", "Ready", "Ready");
    // Nothing was dropped: the money waited in the database.
    await until("it has it still", async () => (await on.status("minor")).pool === "1001.00");
    await world.says(name, "JackpotsBound", "Bound");
  });
});
