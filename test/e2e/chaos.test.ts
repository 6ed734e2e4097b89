import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, describe, it } from "mocha";
import { until } from "../harness/until.ts";
import { audit } from "./books.ts";
import { coinFlipGame, heads } from "./games.ts";
import type { Platform } from "./platform.ts";
import { platform } from "./platform.ts";
import { Player } from "./player.ts";
import { podPids, stopServer } from "./processes.ts";

const GAME = "storm-flip";
const SELECTOR = `pitboss.dev/game=${GAME}`;
/** Every kind that the operator writes, and the Games with their status. */
const WRITTEN = [
  "games",
  "deployments",
  "services",
  "configmaps",
  "secrets",
  "poddisruptionbudgets",
  "networkpolicies",
  "httproutes",
];

// Only the local platform lets a test stop the API server and the database.
if (!process.env["PITBOSS_E2E_URL"]) {
  describe("whatever dies", function () {
    this.timeout(300_000);
    let pitboss: Platform;

    before(async () => {
      pitboss = await platform();
      await pitboss.kubectl.apply(coinFlipGame(GAME, { replicas: 2 }));
      await pitboss.kubectl.wait(`game/${GAME}`, "condition=Ready", "casino");
    });

    after(async () => {
      await pitboss.kubectl.run(["delete", "game", GAME, "-n", "casino", "--ignore-not-found"]);
    });

    async function settled(): Promise<Map<string, string>> {
      const found = new Map<string, string>();
      for (const kind of WRITTEN) {
        for (const { metadata, status } of await pitboss.kubectl.list(kind, "casino")) {
          // What follows the play is written once a minute, whoever leads.
          const { observed: _, ...judged } = status ?? {};
          const state = kind === "games" ? JSON.stringify(judged) : metadata.resourceVersion;
          found.set(`${kind}/${metadata.name}`, state);
        }
      }
      return found;
    }

    async function podUids(): Promise<string[]> {
      const pods = await pitboss.kubectl.list("pods", "casino", SELECTOR);
      return pods.map(({ metadata }) => metadata.uid).sort();
    }

    it("writes nothing when the operator is restarted over settled Games", async () => {
      await sleep(3000);
      const before = await settled();
      await pitboss.kubectl.run([
        "rollout",
        "restart",
        "deployment/pitboss-operator",
        "-n",
        "pitboss",
      ]);
      await pitboss.kubectl.run([
        "rollout",
        "status",
        "deployment/pitboss-operator",
        "-n",
        "pitboss",
        "--timeout=120s",
      ]);
      await sleep(20_000);
      assert.deepEqual(await settled(), before);
    });

    it("keeps pods and players undisturbed while the API server is away for a minute", async () => {
      const player = await Player.arrive(pitboss);
      const uids = await podUids();
      const start = await stopServer(pitboss, "kube-apiserver");
      for (let second = 0; second < 60; second++) {
        assert.equal((await player.bet(GAME, heads)).status, 201);
        await sleep(1000);
      }
      await start();
      await until(
        "the operator goes on by itself",
        async () => {
          const change = '{"spec":{"title":"After the storm"}}';
          await pitboss.kubectl.try([
            "patch",
            "game",
            GAME,
            "-n",
            "casino",
            "--type=merge",
            "-p",
            change,
          ]);
          return (await (await fetch(`${pitboss.url}/games`)).text()).includes("After the storm");
        },
        120,
      );
      assert.deepEqual(await podUids(), uids);
    });

    it("answers 503 with Retry-After while PostgreSQL is away, and loses nothing", async () => {
      const player = await Player.arrive(pitboss, "500.00");
      assert.equal((await player.bet(GAME, heads)).status, 201);
      const start = await stopServer(pitboss, "postgres");
      const away = await until("a bet is refused", async () => {
        const reply = await player.bet(GAME, heads);
        return reply.status === 201 ? undefined : reply;
      });
      assert.equal(away.status, 503);
      assert.ok(Number(away.headers.get("retry-after")) > 0);
      await start();
      await player.betUntilAnswered(GAME, heads);
      const books = await audit(pitboss.database ?? "", GAME);
      assert.equal(books.wrongBalances, 0);
      assert.equal(books.wrongRounds, 0);
      const all = ["games", "--all", "-n", "casino", "--for=condition=Ready", "--timeout=30s"];
      await pitboss.kubectl.run(["wait", ...all]);
    });

    it("plays each key exactly once while runtimes are killed under 50 players", async () => {
      const players = await Promise.all(
        Array.from({ length: 50 }, () => Player.arrive(pitboss, "100.00")),
      );
      const before = await audit(pitboss.database ?? "", GAME);
      let playing = true;
      let kills = 0;
      const killer = (async () => {
        // Both pods, again and again, but no more often than back-off lets them return in time.
        while (playing && kills < 6) {
          const pids = await podPids(pitboss, SELECTOR);
          const pid = pids[kills % Math.max(pids.length, 1)];
          if (pid !== undefined) {
            try {
              process.kill(pid, "SIGKILL");
              kills += 1;
            } catch (error) {
              // It died of an earlier kill, and its next process is not in the status yet.
              assert.equal((error as NodeJS.ErrnoException).code, "ESRCH");
            }
          }
          await sleep(2000);
        }
      })();
      const betsEach = 20;
      const ids = await Promise.all(
        players.map(async (player) => {
          const mine: string[] = [];
          for (let bet = 0; bet < betsEach; bet++) {
            const reply = await player.betUntilAnswered(GAME, heads);
            assert.ok(reply.status === 201 || reply.status === 200, JSON.stringify(reply.body));
            mine.push(reply.body.id);
            await sleep(100);
          }
          return mine;
        }),
      );
      playing = false;
      await killer;
      assert.ok(kills >= 2, `only ${kills} kills`);
      assert.equal(new Set(ids.flat()).size, players.length * betsEach);
      const books = await audit(pitboss.database ?? "", GAME);
      assert.equal(books.rounds - before.rounds, players.length * betsEach);
      assert.equal(books.keys - before.keys, players.length * betsEach);
      assert.deepEqual([books.wrongBalances, books.wrongRounds], [0, 0]);
    });
  });
}
