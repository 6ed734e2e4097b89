import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, describe, it } from "mocha";
import { verify } from "../games/fairness.ts";
import type { Json } from "../games/game.ts";
import { verifyWin } from "../games/verify-win.ts";
import { type TestDatabase, testDatabase } from "../test/harness/database.ts";
import { type ListedGame, listedGame, placeRequest } from "../test/harness/game.ts";
import {
  type JackpotBooks,
  jackpotBooks,
  oneInFive,
  type TestJackpot,
} from "../test/harness/jackpots.ts";
import { isDatabaseAway } from "./database.ts";
import type { OpenGame, PlaceRequest } from "./types.ts";

const hitOften = {
  ...{ seed: "100", ceiling: "400", contribution: "1/7", overflowShare: "1/3" },
  mustHitBy: "300",
};
const drawOften = { ...oneInFive, oneIn: "20", contribution: "3/997" };

describe("jackpots while sessions die", () => {
  let database: TestDatabase;
  let books: JackpotBooks;
  let games: ListedGame[];
  let pods: OpenGame[];
  let jackpots: TestJackpot[];

  before(async () => {
    database = await testDatabase();
    books = jackpotBooks(database);
    games = await Promise.all([
      listedGame(database, "coin-flip"),
      listedGame(database, "coin-flip"),
    ]);
    jackpots = [await books.save(hitOften), await books.save(drawOften)];
    for (const game of games) await books.bind(game.name, jackpots);
    pods = await Promise.all(games.flatMap((game) => [game.pod(), game.pod()]));
  });
  after(async () => {
    await Promise.all([...games.map((game) => game.close()), books.close()]);
    await database.drop();
  });

  async function insist(pod: OpenGame, request: PlaceRequest): Promise<void> {
    for (;;) {
      try {
        const placed = await pod.rounds.place(request);
        if (!("refused" in placed)) return;
        // With many terms changes at once a pod gives up, and says so.
        assert.equal(placed.refused, "jackpots_changed");
      } catch (error) {
        if (!isDatabaseAway(error)) throw error;
        await sleep(10);
      }
    }
  }

  /** As replicas of the lobby do: each takes what nobody else has in hand, again and again. */
  async function replica(going: () => boolean): Promise<void> {
    while (going()) {
      for (const jackpot of jackpots) {
        // A torn session took nothing: whoever comes next takes it.
        await books.sequence(jackpot, 50).catch(() => undefined);
      }
      await sleep(5);
    }
  }

  async function killer(going: () => boolean): Promise<number> {
    let killed = 0;
    while (going()) {
      const { rowCount } = await books.superuser.query(
        `SELECT pg_terminate_backend(pid) FROM (
           SELECT pid FROM pg_stat_activity
            WHERE datname = current_database() AND state = 'active' AND query ~ 'sequence_jackpot|play\\(' AND pid <> pg_backend_pid()
            ORDER BY random() LIMIT 1) AS chosen`,
      );
      killed += rowCount ?? 0;
      await sleep(30);
    }
    return killed;
  }

  async function changer(going: () => boolean): Promise<void> {
    for (let i = 0; going(); i++) {
      await books.save({ ...hitOften, contribution: `1/${5 + (i % 5)}` }, jackpots[0]);
      await sleep(150);
    }
  }

  it("each win is paid once, and the books balance to the last fraction", async () => {
    let playing = true;
    const going = () => playing;
    const others = [replica(going), replica(going), killer(going), changer(going)] as const;
    await Promise.all(
      games.flatMap((game, g) =>
        Array.from({ length: 20 }, async (_, i) => {
          const player = await game.player();
          const pod = pods[2 * g + (i % 2)] ?? assert.fail();
          for (let n = 0; n < 15; n++) {
            await insist(pod, placeRequest(player, { side: "heads" }));
          }
        }),
      ),
    );
    playing = false;
    const [, , killed] = await Promise.all(others);
    assert.ok(killed > 3, `${killed} sessions killed`);
    for (const jackpot of jackpots) await books.settle(jackpot);
    await balanced();
    await provable();
  });

  async function balanced(): Promise<void> {
    for (const jackpot of jackpots) {
      const row = await books.books(jackpot);
      assert.equal(row["difference"], "0");
      assert.equal(row["uncounted"], "0");
    }
    const { rows } = await books.operator.query(
      `SELECT (SELECT count(*)::int FROM pitboss.wrong_balances) AS wrong,
              (SELECT count(*)::int FROM pitboss.transfers WHERE kind = 'stake') AS rounds,
              (SELECT count(*)::int FROM pitboss.jackpot_contributions) AS contributions,
              (SELECT count(*)::int FROM pitboss.jackpot_wins) AS wins,
              (SELECT count(DISTINCT (jackpot, cycle))::int FROM pitboss.jackpot_wins) AS pools,
              (SELECT count(*)::int FROM pitboss.transfers WHERE kind = 'jackpot') AS paid,
              (SELECT count(*)::int FROM pitboss.jackpot_contributions c WHERE hit AND NOT EXISTS (
                SELECT FROM pitboss.jackpot_wins w WHERE (w.jackpot, w.position) = (c.jackpot, c.position))) AS unpaid`,
    );
    const { wrong, rounds, contributions, wins, pools, paid, unpaid } = rows[0];
    assert.deepEqual({ wrong, unpaid, rounds }, { wrong: 0, unpaid: 0, rounds: 600 });
    assert.deepEqual(
      { contributions, pools, paid },
      { contributions: 1200, pools: wins, paid: wins },
    );
    assert.ok(wins > 20, `${wins} wins`);
  }

  /** Every win from its commitment, and those by a draw from their rounds too. */
  async function provable(): Promise<void> {
    const { rows } = await books.lobby.query(
      "SELECT pitboss.jackpot_win_proof(id) AS proof, game, round, player, trigger FROM pitboss.jackpot_wins",
    );
    for (const { proof } of rows) {
      assert.deepEqual(verifyWin(proof), { ok: true, problems: [] });
    }
    const drawn = rows.filter(({ trigger }) => trigger === "oneIn");
    assert.ok(drawn.length > 0);
    for (const { game, round, player } of drawn) {
      const pod = pods[game === games[0]?.name ? 0 : 2] ?? assert.fail();
      await pod.pairs.rotate(player, `after-${round.slice(-12)}`);
      const proof = (await pod.rounds.proof(player, round)) as Json;
      assert.deepEqual(verify(proof), { ok: true, problems: [] });
    }
  }
});
