import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { ChainWorld } from "../../test/harness/chain-world.ts";
import {
  makeThroughCrashes,
  type Subject,
  type Undisturbed,
  undisturbed,
} from "../../test/harness/crashes.ts";
import { withClient } from "../../test/harness/database.ts";
import { until } from "../../test/harness/until.ts";
import { splitChain } from "./testing/samples.ts";

describe("an operator that dies after any one of its writes of a Chain", function () {
  this.timeout(60_000);
  let chains: ChainWorld;
  let subject: Subject;
  let reference: Undisturbed;
  const { topology, node } = splitChain().spec;
  const spec = { topology, node: { ...node, replicas: 2 } };

  before(async () => {
    chains = await ChainWorld.create();
    subject = {
      ...{ world: chains.world, mostWrites: 14 },
      name: (purpose) => chains.name(purpose),
      path: (name) => chains.path(name),
      start: (options) => chains.start(options),
      apply: (name) => chains.apply(name, spec),
      snapshot: (name) => chains.snapshot(name),
    };
    reference = await undisturbed(subject);
  });

  after(async () => {
    await chains?.end();
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
});
