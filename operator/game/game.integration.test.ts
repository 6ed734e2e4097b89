import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { withClient } from "../../test/harness/database.ts";
import { until } from "../../test/harness/until.ts";
import type { Live } from "../../test/harness/user.ts";
import { games, type Running, World } from "../../test/harness/world.ts";

describe("a Game on a real API server and database", function () {
  this.timeout(60_000);
  let world: World;
  let running: Running;
  let name: string;

  before(async () => {
    world = await World.create();
    running = await world.start();
    name = world.database.gameName("flip");
  });

  after(async () => {
    await world?.end();
  });

  const read = async (): Promise<{ metadata: Live["metadata"]; status: Live[string] }> => {
    const game = await world.user.get(games(world.casino, name));
    assert.ok(game);
    return { metadata: game.metadata, status: game["status"] };
  };

  const edit = (spec: object): Promise<Live> =>
    world.user.merge(games(world.casino, name), { spec });

  const row = () =>
    withClient(world.database.url, async (client) => {
      const { rows } = await client.query("SELECT * FROM pitboss.games WHERE name = $1", [name]);
      return rows[0];
    });

  it("gets everything that it needs and becomes Ready", async () => {
    await world.applyGame(name);
    const ready = await world.says(name, "Ready", "Ready");
    assert.equal(ready.status, "True");
    assert.match(ready.message, /98\.00%.*no ServiceMonitor and PrometheusRule here/);
    const { status, metadata } = await read();
    assert.equal(status.pods, "1/1");
    assert.equal(status.returnToPlayer.percent, "98.00%");
    assert.equal(status.schema, `game_${name}`);
    assert.ok(status.migrations.length > 0);
    assert.ok(metadata.finalizers?.includes("pitboss.dev/game"));
    assert.equal((await row()).state, "Active");
    await until("the lobby shows it as ready", async () => (await row()).ready === true);
  });

  it("is not written to once it is settled", async () => {
    await world.quiet(running);
    const before = running.writes.length;
    const path = games(world.casino, name);
    await world.user.merge(path, { metadata: { annotations: { touched: "yes" } } });
    await world.quiet(running);
    assert.deepEqual(running.writes.slice(before), []);
  });

  it("is not written to by an operator that starts again", async () => {
    await running.stop();
    running = await world.start();
    await until("the Game is judged", async () => {
      return /pitboss_game_ready\{[^}]*\} 1/.test(await running.registry.metrics());
    });
    await world.quiet(running);
    assert.deepEqual(running.writes, []);
  });

  it("keeps its revision while a new configuration is refused, and says why", async () => {
    const { status } = await read();
    await edit({ config: { multiplier: "1.80" } });
    const refused = await world.says(name, "Ready", "ReturnTooLow");
    assert.match(refused.message, /90(\.0+)?%.*returnToPlayer\.min 96%.*Raise pays/);
    assert.match(refused.message, new RegExp(`${status.revision} keeps serving`));
    const stalled = await world.says(name, "Stalled", "ReturnTooLow");
    assert.equal(stalled.status, "True");
    assert.equal((await read()).status.revision, status.revision);
    assert.equal((await row()).revision, status.revision);
    await world.quiet(running);
    const before = running.writes.length;
    await world.quiet(running);
    assert.equal(running.writes.length, before);
  });

  it("lets state and limits bind at once, refused math or not", async () => {
    await edit({ state: "Suspended" });
    await until("the row says so", async () => (await row()).state === "Suspended");
    await until("the status says so", async () => (await read()).status.state === "Suspended");
    await edit({ state: "Active" });
    await until("the row says so", async () => (await row()).state === "Active");
  });

  it("does not write stakes at which the return is not what was promised", async () => {
    const { stakes } = await row();
    await edit({
      config: { multiplier: "1.96" },
      stakes: [{ currency: "USD", min: "0.01", max: "1", step: "0.01", maxPayout: "10" }],
    });
    await until("the worst stake is named", async () => {
      const refused = await world.says(name, "MathVerified", "ReturnTooLow");
      return /0\.01 USD/.test(refused.message);
    });
    assert.deepEqual((await row()).stakes, stakes);
    await edit({
      stakes: [{ currency: "USD", min: "0.50", max: "1", step: "0.50", maxPayout: "10" }],
    });
    await world.says(name, "Ready", "Ready");
    assert.equal((await row()).stakes[0].min, "50");
  });

  it("rolls a new configuration out and tidies up what no ReplicaSet needs", async () => {
    const maps = () => world.children("ConfigMap", name);
    const revisions: string[] = [(await read()).status.revision];
    for (const multiplier of ["1.94", "1.95", "1.97", "1.98"]) {
      await edit({ config: { multiplier } });
      await until(`${multiplier} serves`, async () => {
        const { status } = await read();
        const ready = status.conditions.find((one: { type: string }) => one.type === "Ready");
        return status.revision !== revisions.at(-1) && ready.status === "True";
      });
      revisions.push((await read()).status.revision);
    }
    await until("older ones are gone", async () => (await maps()).length === 3);
    const kept = (await maps()).map(({ metadata }) => metadata.name).sort();
    assert.deepEqual(
      kept,
      revisions
        .slice(-3)
        .map((revision) => `${name}-${revision}`)
        .sort(),
    );
    const played = await withClient(world.database.url, async (client) => {
      const sql = "SELECT revision FROM pitboss.game_revisions WHERE game = $1";
      return (await client.query(sql, [name])).rows.map(({ revision }) => revision);
    });
    assert.deepEqual(played, [revisions.at(-1)]);
  });

  it("is left alone while it is paused", async () => {
    const path = games(world.casino, name);
    const pause = (value: string | null) =>
      world.user.merge(path, { metadata: { annotations: { "pitboss.dev/paused": value } } });
    await pause("true");
    await world.says(name, "Paused", "PausedByAnnotation");
    await world.user.remove(world.child("Service", name));
    await edit({ title: "Paused" });
    await world.quiet(running);
    assert.equal(await world.user.get(world.child("Service", name)), undefined);
    assert.notEqual((await row()).title, "Paused");
    await pause(null);
    await world.says(name, "Paused", "NotPaused");
    await until("it is looked after again", async () =>
      world.user.get(world.child("Service", name)),
    );
    assert.equal((await row()).title, "Paused");
  });

  it("hands the number of pods to the autoscaler and never fights it", async () => {
    const path = world.child("Deployment", name);
    const replicas = async () => (await world.user.get(path))?.["spec"].replicas;
    await edit({ replicas: 3 });
    await until("3 pods are wanted", async () => (await replicas()) === 3);
    await edit({ replicas: null, autoscaling: { min: 2, max: 6 } });
    await until("there is an autoscaler", () =>
      world.user.get(world.child("HorizontalPodAutoscaler", name)),
    );
    await world.quiet(running);
    assert.equal(await replicas(), 3);
    // As the autoscaler does it.
    await world.user.merge(`${path}/scale`, { spec: { replicas: 5 } });
    await edit({ template: { env: [{ name: "TZ", value: "UTC" }] } });
    await until("the pods' template is changed", async () =>
      JSON.stringify(await world.user.get(path)).includes('"TZ"'),
    );
    await world.quiet(running);
    assert.equal(await replicas(), 5);
    await edit({ autoscaling: null, replicas: 1 });
    await until("the Game's number counts again", async () => (await replicas()) === 1);
    await world.gone(world.child("HorizontalPodAutoscaler", name));
    await world.says(name, "Ready", "Ready");
  });

  it("says which pods fail, and recovers by itself", async () => {
    world.kubelet(false);
    await edit({ template: { env: [{ name: "TZ", value: "CET" }] } });
    await world.says(name, "RuntimeAvailable", "RolloutInProgress");
    const pods = `/api/v1/namespaces/${world.casino}/pods`;
    const pod = await until("a new pod is there", async () =>
      (await world.user.list(pods)).find((one) => JSON.stringify(one).includes('"CET"')),
    );
    const state = { waiting: { reason: "ErrImagePull", message: "no such image" } };
    await world.user.call(
      "PATCH",
      `${pods}/${pod.metadata.name}/status`,
      {
        status: {
          containerStatuses: [
            { name: "runtime", image: "x", imageID: "", ready: false, restartCount: 0, state },
          ],
        },
      },
      "merge-patch+json",
    );
    const said = await world.says(name, "Ready", "ImageUnavailable");
    assert.match(said.message, /no such image/);
    await edit({ template: { env: null } });
    world.kubelet(true);
    await world.says(name, "Ready", "Ready");
  });
});
