import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { ChainWorld } from "../../test/harness/chain-world.ts";
import { withClient } from "../../test/harness/database.ts";
import { until } from "../../test/harness/until.ts";
import type { Running } from "../../test/harness/world.ts";
import type { Write } from "../kube/client.ts";
import { splitChain } from "./testing/samples.ts";

/** More writes than a new Chain ever takes. */
const MOST_WRITES = 14;

/**
 * The differential oracle: the same Chain is made again and again, each time by an operator that can
 * write no more after write i; another operator goes on. The end, and what was written to get there,
 * must be those of a Chain that nothing happened to.
 */
describe("an operator that dies after any one of its writes of a Chain", function () {
  this.timeout(60_000);
  let chains: ChainWorld;
  let reference: { state: object; writes: Record<string, number> };
  const { topology, node } = splitChain().spec;
  const spec = { topology, node: { ...node, replicas: 2 } };

  before(async () => {
    chains = await ChainWorld.create();
    const running = await chains.start();
    const name = chains.name("ref");
    await chains.apply(name, spec);
    await chains.says(name, "Ready", "Ready");
    await chains.world.quiet(running);
    reference = { state: await chains.snapshot(name), writes: counts(running.writes, name) };
    await running.stop();
  });

  after(async () => {
    await chains?.end();
  });

  /** How often each object was written; how often the status tells of progress depends on the pods. */
  function counts(writes: readonly Write[], chain: string): Record<string, number> {
    const all: Record<string, number> = {};
    for (const { verb, kind, name } of writes) {
      if (verb === "applyStatus" || !name.includes(chain)) continue;
      const key = `${verb} ${kind.kind} ${name.replace(chain, "NAME")}`;
      all[key] = (all[key] ?? 0) + 1;
    }
    return all;
  }

  const written = ({ writes }: Running, chain: string): number =>
    writes.filter(({ name }) => name.includes(chain)).length;

  it("has made each object with one write when nothing happens", () => {
    const all = Object.entries(reference.writes);
    assert.ok(all.length >= 9, JSON.stringify(all));
    for (const [write, count] of all) assert.equal(count, 1, write);
  });

  it("comes to the same end with the same writes", async () => {
    const crashAfter = new Map(
      Array.from({ length: MOST_WRITES }, (_, i) => [chains.name("crash"), i] as const),
    );
    const dying = await chains.start({ crashAfter });
    for (const name of crashAfter.keys()) await chains.apply(name, spec);
    let survivors = 0;
    for (const [name, i] of crashAfter) {
      await until(`write ${i}`, async () => written(dying, name) === i || (await ready(name)));
      if (written(dying, name) < i) survivors += 1;
    }
    assert.ok(survivors > 0, "a crash after each write was tried");
    await dying.stop();
    const next = await chains.start();
    for (const name of crashAfter.keys()) await chains.says(name, "Ready", "Ready");
    await chains.world.quiet(next);
    for (const [name, i] of crashAfter) {
      assert.deepEqual(await chains.snapshot(name), reference.state, `after write ${i}`);
      const writes = counts([...dying.writes, ...next.writes], name);
      assert.deepEqual(writes, reference.writes, `after write ${i}`);
    }
    await next.stop();
  });

  it("ends a deletion that it began, when all but the finalizer was done", async () => {
    const name = chains.name("crash");
    const running = await chains.start();
    await chains.apply(name, spec);
    await chains.says(name, "Ready", "Ready");
    await running.stop();
    const dying = await chains.start({ crashAfter: new Map([[name, 0]]) });
    await chains.world.user.remove(chains.path(name));
    await until("the Chain is out of the catalogue", () =>
      withClient(chains.world.database.url, async (client) => {
        const sql = "SELECT FROM pitboss.chains WHERE name = $1";
        return (await client.query(sql, [name])).rows.length === 0;
      }),
    );
    await dying.stop();
    assert.ok(await chains.world.user.get(chains.path(name)));
    await chains.start();
    await chains.world.gone(chains.path(name));
  });

  async function ready(name: string): Promise<boolean> {
    const chain = await chains.world.user.get(chains.path(name));
    const conditions: { type: string; status: string }[] = chain?.["status"]?.conditions ?? [];
    return conditions.some(({ type, status }) => type === "Ready" && status === "True");
  }
});
