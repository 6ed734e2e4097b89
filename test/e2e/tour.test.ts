import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, describe, it } from "mocha";
import { until } from "../harness/until.ts";
import { coinFlipGame, heads } from "./games.ts";
import type { Platform } from "./platform.ts";
import { platform } from "./platform.ts";
import { Player } from "./player.ts";
import { verifyOffline } from "./verify-offline.ts";

describe("the tour of a fourth Game, with kubectl and HTTP alone", function () {
  this.timeout(300_000);
  let pitboss: Platform;
  let ann: Player;
  const name = "fourth-flip";

  before(async () => {
    pitboss = await platform();
    ann = await Player.arrive(pitboss, "1000.00");
  });

  after(async () => {
    await pitboss.kubectl.run(["delete", "game", name, "-n", "casino", "--ignore-not-found"]);
  });

  it("becomes Ready after kubectl apply", async () => {
    await pitboss.kubectl.apply(coinFlipGame(name));
    await pitboss.kubectl.wait(`game/${name}`, "condition=Ready", "casino");
    const columns = await pitboss.kubectl.run(["get", "game", name, "-n", "casino"]);
    assert.match(columns, /98\.00%/);
    assert.match(columns, /1\/1/);
  });

  it("stands in the catalogue and tells its rules without a token", async () => {
    await until("the catalogue lists it", async () => {
      const games = await (await fetch(`${pitboss.url}/games`)).text();
      return games.includes(name);
    });
    const rules = await fetch(`${pitboss.url}/games/${name}`);
    assert.equal(rules.status, 200);
    assert.match(await rules.text(), /1\.96/);
  });

  it("takes a bet and pays exactly what the outcome says", async () => {
    const reply = await ann.bet(name, heads);
    assert.equal(reply.status, 201, JSON.stringify(reply.body));
    const won = reply.body.outcome["side"] === "heads";
    assert.equal(reply.body.payout, won ? "1.96" : "0.00");
    assert.equal(await ann.balance(), won ? "1000.96" : "999.00");
  });

  it("lists the history, newest first, and hides it from other players", async () => {
    const second = await ann.bet(name, heads);
    const history = await ann.call<{ items: { id: string }[] }>("GET", `/games/${name}/rounds`);
    assert.equal(history.body.items[0]?.id, second.body.id);
    assert.equal(history.body.items.length, 2);
    const bob = await Player.arrive(pitboss);
    const stranger = await bob.call("GET", `/games/${name}/rounds/${second.body.id}`);
    assert.equal(stranger.status, 404);
  });

  it("proves a round offline once its seed is revealed, and not before", async () => {
    const round = (await ann.bet(name, heads)).body;
    const path = `/games/${name}/rounds/${round.id}/proof`;
    const early = await ann.call("GET", path);
    assert.equal(early.status, 409);
    assert.equal(early.body["code"], "seed_active");
    const rotated = await ann.call<{ revealed: { serverSeedHash: string } }>(
      "POST",
      `/games/${name}/fairness/rotate`,
      { body: { clientSeed: "anns-own-seed" } },
    );
    assert.equal(rotated.status, 200);
    assert.equal(rotated.body.revealed.serverSeedHash, round.fairness.serverSeedHash);
    const proof = (await ann.call("GET", path)).body;
    assert.equal(await verifyOffline(proof), 0);
    assert.equal(await verifyOffline({ ...proof, payout: "1000.00" }), 1);
  });

  it("rolls a changed configuration out without failing a request", async () => {
    const before = (await ann.bet(name, heads)).body.revision;
    const codes = new Map<number, number>();
    let playing = true;
    const players = [1, 2, 3, 4].map(async () => {
      const player = await Player.arrive(pitboss);
      while (playing) {
        const status = (await player.bet(name, heads)).status;
        codes.set(status, (codes.get(status) ?? 0) + 1);
        await sleep(20);
      }
    });
    try {
      await pitboss.kubectl.run([
        "patch",
        "game",
        name,
        "-n",
        "casino",
        "--type=merge",
        "-p",
        '{"spec":{"config":{"multiplier":"1.92"}}}',
      ]);
      await until(
        "bets are played under the new revision",
        async () => {
          const reply = await ann.bet(name, heads);
          return reply.status === 201 && reply.body.revision !== before;
        },
        120,
      );
      await pitboss.kubectl.wait(`game/${name}`, "condition=Ready", "casino");
      await sleep(5000);
    } finally {
      playing = false;
    }
    await Promise.all(players);
    assert.deepEqual([...codes.keys()], [201], `answers by status: ${JSON.stringify([...codes])}`);
  });

  it("is healed when its pod dies", async () => {
    const pods = await pitboss.kubectl.list("pods", "casino", `pitboss.dev/game=${name}`);
    const pod = pods[0]?.metadata.name ?? "";
    await pitboss.kubectl.run([
      "delete",
      "pod",
      pod,
      "-n",
      "casino",
      "--grace-period=0",
      "--force",
    ]);
    await until("another pod is ready", async () => {
      const now = await pitboss.kubectl.list("pods", "casino", `pitboss.dev/game=${name}`);
      const others = now.filter(({ metadata }) => metadata.name !== pod);
      return others.some(({ status }) =>
        status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True"),
      );
    });
    await until("it plays", async () => (await ann.bet(name, heads)).status === 201);
  });

  it("scales with kubectl scale", async () => {
    await pitboss.kubectl.run(["scale", "game", name, "-n", "casino", "--replicas=2"]);
    await until("two pods are ready", async () => {
      const game = await pitboss.kubectl.get("game", name, "casino");
      return game.status?.["replicas"] === 2;
    });
    await pitboss.kubectl.run(["scale", "game", name, "-n", "casino", "--replicas=1"]);
  });

  it("refuses rounds as soon as it is suspended, and plays again when active", async () => {
    const patch = (state: string) => [
      "patch",
      "game",
      name,
      "-n",
      "casino",
      "--type=merge",
      "-p",
      `{"spec":{"state":"${state}"}}`,
    ];
    await pitboss.kubectl.run(patch("Suspended"));
    const refused = await until("a bet is refused", async () => {
      const reply = await ann.bet(name, heads);
      return reply.status === 201 ? undefined : reply;
    });
    assert.equal(refused.status, 403);
    assert.equal((refused.body as unknown as { code: string }).code, "game_suspended");
    for (let i = 0; i < 20; i++) assert.equal((await ann.bet(name, heads)).status, 403);
    await pitboss.kubectl.run(patch("Active"));
    await until("a bet is taken", async () => (await ann.bet(name, heads)).status === 201);
  });

  it("goes away with kubectl delete", async () => {
    await pitboss.kubectl.run(["delete", "game", name, "-n", "casino", "--timeout=90s"]);
    await until("its path is gone", async () => {
      return (await ann.bet(name, heads)).status === 404;
    });
    const left = await pitboss.kubectl.list("deployments", "casino", `pitboss.dev/game=${name}`);
    assert.deepEqual(left, []);
  });
});
