import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { withClient } from "../../test/harness/database.ts";
import { games, type Running, until, World } from "../../test/harness/world.ts";
import type { Write } from "../kube/client.ts";

const spec = { autoscaling: { min: 1, max: 3, targetCPU: 70 } };
const environment = { PITBOSS_INGRESS_CLASS: "alb" };

describe("an operator that dies after any one of its writes", function () {
  this.timeout(120_000);
  let world: World;
  let reference: { state: object; writes: Record<string, number>; count: number };

  before(async () => {
    world = await World.create();
    const running = await world.start({ environment });
    const name = world.database.gameName("ref");
    await world.applyGame(name, spec);
    await settled(name, running);
    const { length: count } = running.writes;
    reference = { state: await world.snapshot(name), writes: counts(running.writes, name), count };
    await running.stop();
  });

  afterEach(() => world.stopAll());

  after(async () => {
    await world?.end();
  });

  async function settled(name: string, running: Running): Promise<void> {
    await world.says(name, "Ready", "Ready");
    await world.quiet(running, 300);
  }

  async function ready(name: string): Promise<boolean> {
    const game = await world.user.get(games(world.casino, name));
    const conditions: { type: string; status: string }[] = game?.["status"]?.conditions ?? [];
    return conditions.some(({ type, status }) => type === "Ready" && status === "True");
  }

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

  it("has made each object with one write when nothing happens", () => {
    assert.ok(reference.count >= 11, String(reference.count));
    for (const [write, count] of Object.entries(reference.writes)) assert.equal(count, 1, write);
  });

  it("comes to the same end with the same writes", async () => {
    let survived = 0;
    for (let i = 1; survived === 0; i += 1) {
      const name = world.database.gameName("crash");
      const dying = await world.start({ environment, crashAfter: i });
      await world.applyGame(name, spec);
      await until(`write ${i}`, async () => dying.writes.length === i || (await ready(name)));
      await world.quiet(dying, 300);
      if (dying.writes.length < i) survived = i;
      await dying.stop();
      const next = await world.start({ environment });
      await settled(name, next);
      assert.deepEqual(await world.snapshot(name), reference.state, `after write ${i}`);
      const writes = counts([...dying.writes, ...next.writes], name);
      assert.deepEqual(writes, reference.writes, `after write ${i}`);
      await next.stop();
    }
    assert.ok(survived > Object.keys(reference.writes).length, `${survived}`);
  });

  it("ends a deletion that it began, when all but the finalizer was done", async () => {
    const name = world.database.gameName("crash");
    const running = await world.start({ environment });
    await world.applyGame(name, spec);
    await settled(name, running);
    await running.stop();
    const dying = await world.start({ environment, crashAfter: 0 });
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
});
