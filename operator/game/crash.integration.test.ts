import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import {
  makeThroughCrashes,
  type Subject,
  type Undisturbed,
  undisturbed,
} from "../../test/harness/crashes.ts";
import { withClient } from "../../test/harness/database.ts";
import { until } from "../../test/harness/until.ts";
import { games, World } from "../../test/harness/world.ts";

const spec = { autoscaling: { min: 1, max: 3, targetCPU: 70 } };
const environment = { PITBOSS_INGRESS_CLASS: "alb" };

describe("an operator that dies after any one of its writes", function () {
  this.timeout(60_000);
  let world: World;
  let subject: Subject;
  let reference: Undisturbed;

  before(async () => {
    world = await World.create();
    subject = {
      ...{ world, mostWrites: 16 },
      name: (purpose) => world.database.gameName(purpose),
      path: (name) => games(world.casino, name),
      start: (options) => world.start({ ...options, environment }),
      apply: (name) => world.applyGame(name, spec),
      snapshot: (name) => world.snapshot(name),
    };
    reference = await undisturbed(subject);
  });

  after(async () => {
    await world?.end();
  });

  it("has made each object with one write when nothing happens", () => {
    const all = Object.entries(reference.writes);
    assert.ok(all.length >= 9, JSON.stringify(all));
    for (const [write, count] of all) assert.equal(count, 1, write);
  });

  it("comes to the same end with the same writes", async () => {
    await makeThroughCrashes(subject, reference);
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
});
