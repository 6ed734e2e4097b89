import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { healthOf } from "../harness/argocd-health.ts";
import { until } from "../harness/until.ts";
import { coinFlipGame } from "./games.ts";
import type { Platform } from "./platform.ts";
import { platform } from "./platform.ts";

/** What Argo CD makes of our objects, as they are on a running platform: waves wait for it. */
describe("the health that Argo CD reads", function () {
  this.timeout(180_000);
  let pitboss: Platform;
  const names = ["health-wrong", "health-paused"];

  before(async () => {
    pitboss = await platform();
  });

  after(async () => {
    await pitboss.kubectl.run(["delete", "game", ...names, "-n", "casino", "--ignore-not-found"]);
  });

  it("is Healthy for every Game and Jackpot that is Ready", async () => {
    for (const kind of ["games", "jackpots"]) {
      for (const object of await pitboss.kubectl.list(kind, "casino")) {
        const health = await healthOf("pitboss", object);
        assert.equal(health.status, "Healthy", `${object.metadata.name}: ${health.message}`);
      }
    }
  });

  it("is Degraded for a Game that waits for a change, with the operator's own words", async () => {
    await pitboss.kubectl.apply(coinFlipGame("health-wrong", { config: { multiplier: "1.80" } }));
    const health = await until("the wrong Game is judged", async () => {
      const object = await pitboss.kubectl.get("game", "health-wrong", "casino");
      const judged = await healthOf("pitboss", object);
      return judged.status !== "Progressing" && judged;
    });
    assert.equal(health.status, "Degraded");
    assert.match(health.message, /returnToPlayer\.min/);
  });

  it("is Suspended for a Game that is paused", async () => {
    await pitboss.kubectl.apply(coinFlipGame("health-paused"));
    await pitboss.kubectl.wait("game/health-paused", "condition=Ready", "casino");
    await pitboss.kubectl.run([
      ...["annotate", "game", "health-paused", "-n", "casino", "pitboss.dev/paused=true"],
    ]);
    await until("the pause shows", async () => {
      const object = await pitboss.kubectl.get("game", "health-paused", "casino");
      return (await healthOf("pitboss", object)).status === "Suspended";
    });
  });

  it("is Progressing for a change that the operator has not seen yet", async () => {
    const game = await pitboss.kubectl.get("game", "dice", "casino");
    const changed = { ...game, metadata: { ...game.metadata, generation: 1_000 } };
    assert.equal((await healthOf("pitboss", changed)).status, "Progressing");
    const unseen = { ...game, status: undefined };
    assert.equal((await healthOf("pitboss", unseen)).status, "Progressing");
  });

  it("is Healthy for the definitions once they are served", async () => {
    for (const plural of ["games", "jackpots"]) {
      const name = `${plural}.pitboss.dev`;
      const definition = await pitboss.kubectl.get("crd", name, "casino");
      const health = await healthOf("custom-resource-definition", definition);
      assert.equal(health.status, "Healthy", name);
      const bare = { ...definition, status: undefined };
      const fresh = await healthOf("custom-resource-definition", bare);
      assert.equal(fresh.status, "Progressing");
    }
  });
});
