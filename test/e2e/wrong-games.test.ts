import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { until } from "../harness/until.ts";
import { coinFlipGame } from "./games.ts";
import type { KubeObject } from "./kubectl.ts";
import type { Platform } from "./platform.ts";
import { platform } from "./platform.ts";

interface Wrong {
  name: string;
  change: Record<string, unknown>;
  reason: string;
  says: RegExp;
}

const wrong: Wrong[] = [
  {
    name: "wrong-engine",
    change: { engine: "roulette-of-doom" },
    reason: "EngineUnknown",
    says: /spec\.engine/,
  },
  {
    name: "wrong-config",
    change: { config: { multiplier: "lots" } },
    reason: "ConfigInvalid",
    says: /multiplier/,
  },
  {
    name: "wrong-low",
    change: { config: { multiplier: "1.80" } },
    reason: "ReturnTooLow",
    says: /90\.?\d*%.*returnToPlayer\.min/,
  },
  {
    name: "wrong-high",
    change: { config: { multiplier: "2.10" } },
    reason: "ReturnTooHigh",
    says: /105\.?\d*%.*max/,
  },
];

function ready(game: KubeObject) {
  return game.status?.conditions?.find((condition) => condition.type === "Ready");
}

describe("a wrong Game", function () {
  this.timeout(180_000);
  let pitboss: Platform;

  before(async () => {
    pitboss = await platform();
  });

  after(async () => {
    const names = wrong.map((entry) => entry.name);
    await pitboss.kubectl.run(["delete", "game", ...names, "-n", "casino", "--ignore-not-found"]);
    await pitboss.kubectl.run(["delete", "namespace", "other-casino", "--ignore-not-found"]);
  });

  for (const { name, change, reason, says } of wrong) {
    it(`says ${reason}, the field and the cure in its status`, async () => {
      await pitboss.kubectl.apply(coinFlipGame(name, change));
      const condition = await until(`${name} is judged`, async () => {
        const found = ready(await pitboss.kubectl.get("game", name, "casino"));
        return found?.status === "False" && found.reason === reason ? found : undefined;
      });
      assert.match(condition.message ?? "", says);
    });
  }

  it("says NameTaken where the name lives in another namespace", async () => {
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "other-casino" } };
    const game = coinFlipGame("coin-flip") as { metadata: { namespace: string } };
    game.metadata.namespace = "other-casino";
    await pitboss.kubectl.apply(namespace);
    await pitboss.kubectl.apply(game);
    const condition = await until("it is judged", async () => {
      const found = ready(await pitboss.kubectl.get("game", "coin-flip", "other-casino"));
      return found?.reason === "NameTaken" ? found : undefined;
    });
    assert.match(condition.message ?? "", /casino/);
  });
});
