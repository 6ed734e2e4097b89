import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { withClient } from "../../test/harness/database.ts";
import { until } from "../../test/harness/until.ts";
import { games, type Running, World } from "../../test/harness/world.ts";
import type { Write } from "../kube/client.ts";

const spec = { autoscaling: { min: 1, max: 3, targetCPU: 70 } };
const environment = { PITBOSS_INGRESS_CLASS: "alb" };

/** More writes than a new Game ever takes. */
const MOST_WRITES = 16;

/**
 * The differential oracle: the same Game is made again and again, each time by an operator that can
 * write no more after write i; another operator goes on. The end, and what was written to get there,
 * must be those of a Game that nothing happened to.
 */
describe("an operator that dies after any one of its writes", function () {
  this.timeout(60_000);
  let world: World;
  let reference: { state: object; writes: Record<string, number> };

  before(async () => {
    world = await World.create();
    const running = await world.start({ environment });
    const name = world.database.gameName("ref");
    await world.applyGame(name, spec);
    await world.says(name, "Ready", "Ready");
    await world.quiet(running);
    reference = { state: await world.snapshot(name), writes: counts(running.writes, name) };
    await running.stop();
  });

  after(async () => {
    await world?.end();
  });

  /** How often each object was written; how often the status tells of progress depends on the pods. */
  function counts(writes: readonly Write[], game: string): Record<string, number> {
    const all: Record<string, number> = {};
    for (const { verb, kind, name } of writes) {
      if (verb === "applyStatus" || !name.includes(game)) continue;
      const key = `${verb} ${kind.kind} ${name.replace(game, "NAME")}`;
      all[key] = (all[key] ?? 0) + 1;
    }
    return all;
  }

  const written = ({ writes }: Running, game: string): number =>
    writes.filter(({ name }) => name.includes(game)).length;

  it("has made each object with one write when nothing happens", () => {
    const all = Object.entries(reference.writes);
    assert.ok(all.length >= 9, JSON.stringify(all));
    for (const [write, count] of all) assert.equal(count, 1, write);
  });

  it("comes to the same end with the same writes", async () => {
    const crashAfter = new Map(
      Array.from({ length: MOST_WRITES }, (_, i) => [world.database.gameName("crash"), i] as const),
    );
    const dying = await world.start({ environment, crashAfter });
    for (const name of crashAfter.keys()) await world.applyGame(name, spec);
    let survivors = 0;
    for (const [name, i] of crashAfter) {
      await until(`write ${i}`, async () => written(dying, name) === i || (await ready(name)));
      if (written(dying, name) < i) survivors += 1;
    }
    assert.ok(survivors > 0, "a crash after each write was tried");
    await dying.stop();
    const next = await world.start({ environment });
    for (const name of crashAfter.keys()) await world.says(name, "Ready", "Ready");
    await world.quiet(next);
    for (const [name, i] of crashAfter) {
      assert.deepEqual(await world.snapshot(name), reference.state, `after write ${i}`);
      const writes = counts([...dying.writes, ...next.writes], name);
      assert.deepEqual(writes, reference.writes, `after write ${i}`);
    }
    await next.stop();
  });

  it("ends a deletion that it began, when all but the finalizer was done", async () => {
    const name = world.database.gameName("crash");
    const running = await world.start({ environment });
    await world.applyGame(name, spec);
    await world.says(name, "Ready", "Ready");
    await running.stop();
    const dying = await world.start({ environment, crashAfter: new Map([[name, 0]]) });
    await world.user.remove(games(world.casino, name));
    await until("the schema is released", () =>
      withClient(world.database.url, async (client) => {
        const sql = "SELECT FROM pitboss.ownership WHERE game = $1 AND released_at IS NOT NULL";
        return (await client.query(sql, [name])).rows.length > 0;
      }),
    );
    await dying.stop();
    assert.ok(await world.user.get(games(world.casino, name)));
    await world.start({ environment });
    await world.gone(games(world.casino, name));
  });

  async function ready(name: string): Promise<boolean> {
    const game = await world.user.get(games(world.casino, name));
    const conditions: { type: string; status: string }[] = game?.["status"]?.conditions ?? [];
    return conditions.some(({ type, status }) => type === "Ready" && status === "True");
  }
});
