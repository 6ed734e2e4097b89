import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import {
  makeThroughCrashes,
  type Subject,
  type Undisturbed,
  undisturbed,
  written,
} from "../../test/harness/crashes.ts";
import { withClient } from "../../test/harness/database.ts";
import { jackpotsOf } from "../../test/harness/jackpot-objects.ts";
import { until } from "../../test/harness/until.ts";
import { World } from "../../test/harness/world.ts";

/** More writes than a new Jackpot ever takes. */
const MOST_WRITES = 6;

const PROMETHEUS_RULES = "prometheusrules.monitoring.coreos.com";

describe("an operator that dies after any one of its writes of a Jackpot", function () {
  this.timeout(60_000);
  let world: World;
  let on: ReturnType<typeof jackpotsOf>;
  let subject: Subject;
  let reference: Undisturbed;
  let made: ReadonlyMap<string, number>;

  before(async () => {
    world = await World.create();
    await world.install("prometheusrules", "PrometheusRule", "monitoring.coreos.com");
    on = jackpotsOf(world);
    subject = {
      ...{ world, mostWrites: MOST_WRITES, path: on.path, snapshot },
      name: (purpose) => purpose,
      async start(options) {
        const running = await world.start(options);
        await running.operator.look();
        return running;
      },
      apply: (name) => on.apply(name, { transferTo: { name: "heir" } }),
    };
    await on.apply("heir");
    reference = await undisturbed(subject);
  });

  after(async () => {
    await world?.uninstall(PROMETHEUS_RULES);
    await world?.end();
  });

  const rule = (name: string): string =>
    `/apis/monitoring.coreos.com/v1/namespaces/${world.casino}/prometheusrules/${name}.jackpot`;

  /** Who is it, without what differs from one run to another. */
  async function snapshot(name: string): Promise<object> {
    const jackpot = await world.user.get(on.path(name));
    const alerts = await world.user.get(rule(name));
    const { conditions, ...status } = jackpot?.["status"] ?? {};
    const plain = {
      finalizers: jackpot?.metadata.finalizers,
      status,
      conditions: conditions?.map(
        ({ lastTransitionTime: _, ...one }: { lastTransitionTime: string }) => one,
      ),
      rules: alerts?.["spec"],
      labels: alerts?.metadata.labels,
    };
    return JSON.parse(JSON.stringify(plain).replaceAll(name, "NAME"));
  }

  it("has made each object with one write when nothing happens", () => {
    assert.deepEqual(reference.writes, {
      ...{ "finalizers Jackpot NAME": 1, "apply PrometheusRule NAME.jackpot": 1 },
    });
  });

  it("comes to the same end with the same writes", async () => {
    made = await makeThroughCrashes(subject, reference);
  });

  it("moves the money once, whenever it died", async () => {
    for (const name of made.keys()) await on.feed(name, [10_050]);
    const dying = await world.start({ crashAfter: made });
    for (const name of made.keys()) await world.user.remove(on.path(name));
    for (const [name, i] of made) {
      await until(`write ${i}`, async () => {
        const gone = (await world.user.get(on.path(name))) === undefined;
        return gone || written(dying, name) === i;
      });
    }
    await dying.stop();
    await world.start();
    for (const name of made.keys()) await world.gone(on.path(name));
    const books = await withClient(world.database.url, async (client) => {
      const sql = `SELECT name, moved_in / scale AS got, difference FROM pitboss.jackpot_books WHERE name = 'heir'`;
      return (await client.query<{ got: string; difference: string }>(sql)).rows;
    });
    assert.equal(Number(books[0]?.got), MOST_WRITES * (100_000 + 100.5));
    assert.equal(books[0]?.difference, "0");
  });
});
