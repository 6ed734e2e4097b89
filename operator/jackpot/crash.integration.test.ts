import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { withClient } from "../../test/harness/database.ts";
import { jackpotsOf } from "../../test/harness/jackpot-objects.ts";
import { until } from "../../test/harness/until.ts";
import { type Running, World } from "../../test/harness/world.ts";
import type { Write } from "../kube/client.ts";

/** More writes than a new Jackpot ever takes. */
const MOST_WRITES = 6;

const PROMETHEUS_RULES = "prometheusrules.monitoring.coreos.com";

/**
 * The differential oracle: the same Jackpot is made, and then deleted, again and again, each time by an operator
 * that can write no more after write i; another goes on. The end, and what was written to get there, must be those
 * of a Jackpot that nothing happened to.
 */
describe("an operator that dies after any one of its writes of a Jackpot", function () {
  this.timeout(60_000);
  let world: World;
  let on: ReturnType<typeof jackpotsOf>;
  let reference: { state: object; writes: Record<string, number> };
  const names = Array.from({ length: MOST_WRITES }, (_, i) => `crash-${i}`);
  const crashAfter = new Map(names.map((name, i) => [name, i]));

  before(async () => {
    world = await World.create();
    await world.install("prometheusrules", "PrometheusRule", "monitoring.coreos.com");
    on = jackpotsOf(world);
    const running = await world.start();
    await running.operator.look();
    await on.apply("heir");
    await on.apply("ref", { transferTo: { name: "heir" } });
    await until("its rule is there", () => world.user.get(rule("ref")));
    await on.says("ref", "Ready", "Ready");
    await world.quiet(running);
    reference = { state: await snapshot("ref"), writes: counts(running.writes, "ref") };
    await running.stop();
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

  function counts(writes: readonly Write[], jackpot: string): Record<string, number> {
    const all: Record<string, number> = {};
    for (const { verb, kind, name } of writes) {
      if (name !== jackpot && name !== `${jackpot}.jackpot`) continue;
      const key = `${verb} ${kind.kind}`;
      all[key] = (all[key] ?? 0) + 1;
    }
    return all;
  }

  const written = ({ writes }: Running, jackpot: string): number =>
    Object.values(counts(writes, jackpot)).reduce((sum, count) => sum + count, 0);

  const isReady = async (name: string): Promise<boolean> => {
    const conditions: { type: string; status: string }[] =
      (await on.status(name))?.conditions ?? [];
    return conditions.some(({ type, status }) => type === "Ready" && status === "True");
  };

  it("has made each object with one write when nothing happens", () => {
    assert.deepEqual(reference.writes, {
      ...{ "finalizers Jackpot": 1, "apply PrometheusRule": 1, "applyStatus Jackpot": 1 },
    });
  });

  it("comes to the same end with the same writes", async () => {
    const dying = await world.start({ crashAfter });
    for (const name of names) await on.apply(name, { transferTo: { name: "heir" } });
    let survivors = 0;
    for (const [name, i] of crashAfter) {
      await until(`write ${i}`, async () => written(dying, name) === i || (await isReady(name)));
      if (written(dying, name) < i) survivors += 1;
    }
    assert.ok(survivors > 0, "a crash after each write was tried");
    await dying.stop();
    const next = await world.start();
    for (const name of names) await on.says(name, "Ready", "Ready");
    await world.quiet(next);
    for (const [name, i] of crashAfter) {
      assert.deepEqual(await snapshot(name), reference.state, `after write ${i}`);
      const writes = counts([...dying.writes, ...next.writes], name);
      assert.deepEqual(writes, reference.writes, `after write ${i}`);
    }
    await next.stop();
  });

  it("moves the money once, whenever it died", async () => {
    for (const name of names) await on.feed(name, [10_050]);
    const dying = await world.start({ crashAfter });
    for (const name of names) await world.user.remove(on.path(name));
    for (const [name, i] of crashAfter) {
      await until(`write ${i}`, async () => {
        const gone = (await world.user.get(on.path(name))) === undefined;
        return gone || written(dying, name) === i;
      });
    }
    await dying.stop();
    await world.start();
    for (const name of names) await world.gone(on.path(name));
    const books = await withClient(world.database.url, async (client) => {
      const sql = `SELECT name, moved_in / scale AS got, difference FROM pitboss.jackpot_books WHERE name = 'heir'`;
      return (await client.query<{ got: string; difference: string }>(sql)).rows;
    });
    assert.equal(Number(books[0]?.got), MOST_WRITES * (100_000 + 100.5));
    assert.equal(books[0]?.difference, "0");
  });
});
