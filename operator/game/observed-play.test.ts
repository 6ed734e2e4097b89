import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type { Game, GameStatus } from "../../crds/generated/game.ts";
import { type TestDatabase, testDatabase, withClient } from "../../test/harness/database.ts";
import { openBreaches } from "../database/return-breaches.ts";
import { ObservedPlayWriter, observedPlay } from "./observed-play.ts";
import { game as sample } from "./testing/samples.ts";

const judged = {
  ...{ rounds: 0n, staked: 0n, paid: 0n, deviation: 0, squares: 0 },
  ...{ largestRisk: 0, largestWin: 0, openRisk: 0, openWin: 0 },
};

describe("what play has shown", () => {
  it("is told by currency, in its digits, with the z that strays furthest", () => {
    const rows = [
      { currency: "USD", rounds: 10n, staked: 1050n, paid: 980n, z: 0.5, openRounds: 2, judged },
      { currency: "JPY", rounds: 5n, staked: 500n, paid: 400n, z: -2.345, openRounds: 0, judged },
      { currency: "EUR", rounds: 1n, staked: 1n, paid: 0n, z: null, openRounds: 1, judged },
    ];
    assert.deepEqual(observedPlay(rows), {
      rounds: 16,
      openRounds: 3,
      staked: { USD: "10.50", JPY: "500", EUR: "0.01" },
      paid: { USD: "9.80", JPY: "400", EUR: "0.00" },
      z: "-2.35",
    });
  });

  it("has no z before there are rounds enough", () => {
    assert.deepEqual(observedPlay([]), { rounds: 0, openRounds: 0, staked: {}, paid: {} });
  });
});

describe("whoever looks at what play has shown", () => {
  let database: TestDatabase;
  let game: Game;
  /** What was done about it, since it was last asked. */
  let done: string[];

  before(async () => {
    database = await testDatabase();
    const { name, namespace, uid } = await database.provision();
    const { metadata, ...rest } = sample();
    game = { ...rest, metadata: { ...metadata, name, namespace, uid }, status: { schema: name } };
    await withClient(database.superuserUrl, (client) =>
      client.query(
        "INSERT INTO pitboss.totals VALUES ($1, 'USD', 'a', 1000, 100000, 300000, 202000, 4e7, 99, 197)",
        [name],
      ),
    );
  });
  after(() => database.drop());

  const look = async (): Promise<readonly string[]> => {
    done = [];
    const writer = new ObservedPlayWriter({
      everyMs: 60_000,
      statuses: {
        async write(_, change) {
          const status: GameStatus = change(game.status ?? {});
          done.push(`${status.observed?.rounds} rounds`);
          return true;
        },
      },
      games: { list: () => [game] },
      platformDatabase: {
        current: () => ({ link: { db: database.db, platformKey: Buffer.alloc(32), epoch: 1 } }),
      },
      metrics: { strained: (_, strain) => done.push(strain > 1 ? "strained" : "at ease") },
      logger: { debug() {}, info() {}, warn: assert.fail, error: assert.fail },
      onBreach: ({ metadata }) => done.push(`calls for ${metadata.name === game.metadata.name}`),
    });
    await writer.writeAll();
    return done;
  };

  it("writes a breach down once, and calls for the Game until it tells of it", async () => {
    const called = ["calls for true", "strained", "1000 rounds"];
    assert.deepEqual(await look(), called);
    // As after a crash between the two: the breach is there, and the Game has not heard of it.
    assert.deepEqual(await look(), called);
    const told = { ...{ type: "ReturnAsProven", status: "False" as const, reason: "PaysTooMuch" } };
    const condition = { ...told, message: "", lastTransitionTime: "2026-01-02T00:00:00Z" };
    game = { ...game, status: { ...game.status, conditions: [condition] } };
    assert.deepEqual(await look(), ["strained", "1000 rounds"]);
    assert.equal((await openBreaches(database.db, game.metadata.name)).length, 1);
  });

  it("does not judge a Game that is paused or on its way out", async () => {
    const { metadata } = game;
    const paused = { annotations: { "pitboss.dev/paused": "true" } };
    for (const change of [paused, { deletionTimestamp: "2026-01-02T00:00:00Z" }]) {
      game = { ...game, metadata: { ...metadata, ...change } };
      assert.deepEqual(await look(), []);
    }
  });
});
