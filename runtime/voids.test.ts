import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, describe, it } from "mocha";
import { verify } from "../games/fairness.ts";
import type { Json } from "../games/game.ts";
import { setDeleting } from "../operator/database/catalogue.ts";
import { finishOpenRounds } from "../operator/database/finish.ts";
import { revealPairs } from "../operator/database/reveal.ts";
import { type TestDatabase, testDatabase, withClient } from "../test/harness/database.ts";
import {
  created,
  hashOf,
  type ListedGame,
  listedGame,
  moved,
  placeRequest,
} from "../test/harness/game.ts";
import { type Administrator, administrator } from "../test/harness/voids.ts";
import type { PlayRecord } from "./play-record.ts";
import { csvHead, recordCsv } from "./routes/record-csv.ts";
import { parseCsv } from "./testing-csv.ts";
import type { OpenGame, RoundView } from "./types.ts";

const bet = { mines: 1 };

describe("voided rounds", () => {
  let database: TestDatabase;
  let admin: Administrator;
  let game: ListedGame;
  let pods: OpenGame[];
  let pod: OpenGame;

  before(async () => {
    database = await testDatabase();
    admin = administrator(database);
    game = await listedGame(database, "mines", {}, { openTimeout: "1 hour" });
    pods = await Promise.all([game.pod(), game.pod(), game.pod()]);
    pod = pods[0] as OpenGame;
  });

  after(async () => {
    for (const view of ["wrong_balances", "wrong_voids"]) {
      const { rows } = await game.operator.query(`SELECT * FROM pitboss.${view}`);
      assert.deepEqual(rows, [], view);
    }
    await Promise.all([game.close(), admin.close()]);
    await database.drop();
  });

  function act(at: OpenGame, round: RoundView, action: Json = { type: "cashOut" }) {
    const { player, id, version } = round;
    const key = randomBytes(8).toString("hex");
    const requestHash = hashOf({ version, action });
    return at.rounds.act({ player, round: id, key, requestHash, version, action });
  }

  /** An open round with one safe tile, of a player who had 10.00 before it. */
  async function opened(): Promise<RoundView> {
    for (;;) {
      const player = await game.player(1000);
      const round = created(await pod.rounds.place(placeRequest(player, bet)));
      const next = moved(await act(pod, round, { type: "reveal", tile: 0 }));
      if (next.state === "open") return next;
    }
  }

  async function seen(at: OpenGame, { player, id }: RoundView): Promise<RoundView> {
    const round = await at.rounds.get(player, id);
    assert.ok(!("refused" in round));
    return round;
  }

  async function recordOf(at: OpenGame, { player, id }: RoundView): Promise<PlayRecord> {
    const record = await at.records.get(player, id);
    assert.ok(!("refused" in record));
    return record;
  }

  function refusalOf(result: unknown): unknown {
    return typeof result === "object" && result !== null && "refused" in result && result.refused;
  }

  describe("that were open", () => {
    it("are over, without a payout, and take no more actions on any pod", async () => {
      const round = await opened();
      assert.equal((await admin.void(round)).status, "created");
      const now = await seen(pod, round);
      assert.deepEqual(
        { ...now, settledAt: null },
        {
          ...{ ...round, state: "voided", version: 3, legalActions: [], settledAt: null },
          funds: { before: 1000n, after: 1000n },
        },
      );
      assert.ok(now.settledAt instanceof Date);
      for (const other of pods) {
        for (const version of [2, 3]) {
          assert.equal(refusalOf(await act(other, { ...round, version })), "round_settled");
        }
      }
      assert.equal(await game.balance(round.player), 1000n);
    });

    it("are answered to their keys as they are now, and listed as voided", async () => {
      const player = await game.player(1000);
      const request = placeRequest(player, bet);
      const round = created(await pod.rounds.place(request));
      await admin.void(round);
      const again = await pod.rounds.place(request);
      assert.ok("replayed" in again);
      assert.deepEqual([again.replayed.id, again.replayed.state], [round.id, "voided"]);
      const listed = async (state: "open" | "settled" | "voided") => {
        const page = await pod.rounds.list(player, { state, limit: 10 });
        return "items" in page ? page.items.map(({ id }) => id) : page;
      };
      assert.deepEqual([await listed("open"), await listed("settled")], [[], []]);
      assert.deepEqual(await listed("voided"), [round.id]);
    });

    it("leave their player free to begin another, and to rotate; their nonce is consumed", async () => {
      const round = await opened();
      const { player } = round;
      const refused = await pod.pairs.rotate(player, "early");
      assert.equal(refusalOf(refused), "rounds_open");
      await admin.void(round);
      const next = created(await pod.rounds.place(placeRequest(player, bet)));
      assert.equal(next.fairness.nonce, round.fairness.nonce + 1);
      await admin.void(next);
      assert.ok("revealed" in (await pod.pairs.rotate(player, "mine")));
    });

    it("have no proof, before and after their seed is revealed", async () => {
      const round = await opened();
      await admin.void(round);
      const { player, id } = round;
      assert.equal(refusalOf(await pod.rounds.proof(player, id)), "round_voided");
      await pod.pairs.rotate(player, "mine");
      assert.equal(refusalOf(await pod.rounds.proof(player, id)), "round_voided");
    });

    it("are left alone by the sweepers", async () => {
      const game = await listedGame(database, "mines", {}, { openTimeout: "0 seconds" });
      const [one, two] = [await game.pod(), await game.pod()];
      const player = await game.player(1000);
      const round = created(await one.rounds.place(placeRequest(player, bet)));
      await admin.void(round);
      assert.deepEqual(await Promise.all([one.sweep(), two.sweep()]), [0, 0]);
      assert.equal((await seen(two, round)).state, "voided");
      assert.equal(await game.balance(player), 1000n);
      await game.close();
    });

    it("do not end by the clock any more", async () => {
      const game = await listedGame(database, "crash", { growth: "0.01", maxMultiplier: "2" });
      const [one, two] = [await game.pod({ sweepSeconds: 0.1 }), await game.pod()];
      const round = await flying(game, one);
      await admin.void(round);
      const voided = await seen(one, round);
      // Longer than any round of this configuration, and than a pod waits before it settles one.
      await sleep(3000);
      await two.sweep();
      assert.deepEqual(await seen(two, round), voided);
      assert.equal(refusalOf(await act(two, round)), "round_settled");
      assert.equal(await game.balance(round.player), 1000n);
      await game.close();
    });

    async function flying(at: ListedGame, on: OpenGame): Promise<RoundView> {
      for (;;) {
        const player = await at.player(1000);
        const round = created(await on.rounds.place(placeRequest(player, {})));
        if (round.state === "open") return round;
      }
    }

    it("give back every stake, those of later actions too", async () => {
      const game = await listedGame(database, "blackjack");
      const round = await raised(game, await game.pod());
      assert.ok(round.stake > 100n);
      assert.equal(await game.balance(round.player), 1000n - round.stake);
      await admin.void(round);
      assert.equal(await game.balance(round.player), 1000n);
      await game.close();
    });

    /** A hand of blackjack that is open after a split or an insurance. */
    async function raised(at: ListedGame, on: OpenGame): Promise<RoundView> {
      for (;;) {
        const player = await at.player(1000);
        const dealt = created(await on.rounds.place(placeRequest(player, {})));
        const raise = dealt.legalActions.find(({ type }) => type === "split" || type === "insure");
        if (raise === undefined) continue;
        const next = moved(await act(on, dealt, raise));
        if (next.state === "open") return next;
      }
    }
  });

  it("keep no game from being deleted, and their seeds are revealed with the others", async () => {
    const game = await listedGame(database, "mines");
    const on = await game.pod();
    const place = async () =>
      created(await on.rounds.place(placeRequest(await game.player(1000), bet)));
    const [left, ...taken] = [await place(), await place(), await place()];
    await setDeleting(database.db, game.name);
    const finish = () => finishOpenRounds(database.db, game.name, game.seedKey, { all: true });
    await Promise.all([finish(), ...taken.map((round) => admin.void(round))]);
    assert.deepEqual(await finish(), { finished: 0, left: 0 });
    assert.equal(await revealPairs(database.db, game.name, game.seedKey), 6);
    for (const round of taken) {
      assert.equal((await seen(on, round)).state, "voided");
      assert.equal(await game.balance(round.player), 1000n);
    }
    assert.ok(left !== undefined && (await seen(on, left)).state === "settled");
    assert.equal((await admin.void(left)).status, "created");
    const proof = (await on.rounds.proof(left.player, left.id)) as Json;
    assert.deepEqual(verify(proof), { ok: true, problems: [] });
    await game.close();
  });

  describe("that were settled", () => {
    it("keep outcome, payout and a proof that verifies", async () => {
      const over = moved(await act(pod, await opened()));
      await admin.void(over);
      const now = await seen(pod, over);
      const funds = { before: 1000n, after: 1000n };
      assert.deepEqual(now, { ...over, state: "voided", version: over.version + 1, funds });
      const { player, id } = over;
      assert.equal(refusalOf(await pod.rounds.proof(player, id)), "seed_active");
      await pod.pairs.rotate(player, "mine");
      const proof = (await pod.rounds.proof(player, id)) as Json;
      assert.deepEqual(verify(proof), { ok: true, problems: [] });
    });
  });

  describe("have a record", () => {
    it("that says when and why, and the funds around the void", async () => {
      const over = moved(await act(pod, await opened()));
      assert.equal((await recordOf(pod, over)).voided, null);
      await game.operator.query("SELECT pitboss.cashier_transfer($1, 'USD', 500, $2)", [
        over.player,
        over.id,
      ]);
      await admin.void(over, { reason: 'the screen said "50.00", the round paid 1.03' });
      const record = await recordOf(pod, over);
      const [entry] = await admin.journal(game.name);
      assert.deepEqual(record.voided, {
        ...{ at: entry?.["at"], reason: 'the screen said "50.00", the round paid 1.03' },
        ...{ amount: -3n, before: 1503n, after: 1500n },
      });
      assert.deepEqual([record.status, record.payout], ["voided", 103n]);
      assert.match(record.regret ?? "", /^\d/);
      const [cells] = parseCsv(csvHead + recordCsv(record)) as [Record<string, string>];
      assert.deepEqual(
        [cells["status"], cells["void_reason"], cells["voided_at"]],
        ["voided", record.voided?.reason, record.voided?.at.toISOString()],
      );
      assert.deepEqual([cells["void_funds_before"], cells["void_funds_after"]], ["15.03", "15.00"]);
    });

    it("without win and regret where they were open", async () => {
      const round = await opened();
      await admin.void(round);
      const { status, payout, regret, voided } = await recordOf(pod, round);
      assert.deepEqual([status, payout, regret], ["voided", null, null]);
      assert.deepEqual([voided?.amount, voided?.before, voided?.after], [100n, 900n, 1000n]);
      const [cells] = parseCsv(csvHead + recordCsv(await recordOf(pod, round))) as [
        Record<string, string>,
      ];
      assert.deepEqual([cells["payout"], cells["total_win"], cells["regret"]], ["", "", ""]);
    });
  });

  describe("at the same time as something else", () => {
    it("wait for an action that has the round in hand, and then void what it left", async () => {
      const round = await opened();
      await withClient(game.url, async (client) => {
        await client.query("BEGIN");
        const lock = `SELECT * FROM "${game.schema}".lock_round($1, $2, 'k', $3)`;
        const { rows } = await client.query(lock, [round.player, round.id, "00".repeat(32)]);
        assert.equal(rows[0].status, "locked");
        const voiding = admin.void(round);
        await waiting("pitboss_lobby");
        await client.query("COMMIT");
        assert.equal((await voiding).status, "created");
      });
      assert.equal(await game.balance(round.player), 1000n);
    });

    it("are waited for by an action, which then finds the round over", async () => {
      const round = await opened();
      await withClient(database.lobbyUrl, async (client) => {
        await client.query("BEGIN");
        const text = "SELECT status FROM pitboss.void_round($1, $2, 'why', 'adam', 'held')";
        const { rows } = await client.query(text, [game.name, round.id]);
        assert.equal(rows[0].status, "created");
        const acting = act(pod, round);
        await waiting(game.schema);
        await client.query("COMMIT");
        assert.equal(refusalOf(await acting), "round_settled");
      });
      assert.equal(await game.balance(round.player), 1000n);
    });

    /** Until a session of this role waits for a lock. */
    async function waiting(role: string): Promise<void> {
      for (;;) {
        const { rowCount } = await game.operator.query(
          "SELECT FROM pg_stat_activity WHERE usename = $1 AND datname = current_database() AND wait_event_type = 'Lock'",
          [role],
        );
        if ((rowCount ?? 0) > 0) return;
        await sleep(10);
      }
    }

    it("are made once, whatever player, sweepers and other administrators do", async () => {
      const game = await listedGame(database, "mines", {}, { openTimeout: "0 seconds" });
      const storming = await Promise.all([game.pod(), game.pod(), game.pod()]);
      for (let storm = 0; storm < 8; storm++) {
        const player = await game.player(1000);
        const [first] = storming;
        const round = created(await first.rounds.place(placeRequest(player, bet)));
        const playing = storming.map((at) => act(at, round, { type: "reveal", tile: storm }));
        const sweeping = storming.map((at) => at.sweep());
        const voids = await Promise.all(Array.from({ length: 20 }, () => admin.void(round)));
        const statuses = voids.map(({ status }) => status).sort();
        assert.deepEqual(statuses, ["created", ...Array(19).fill("round_voided")]);
        for (const acted of await Promise.all(playing)) {
          const refused = refusalOf(acted);
          if (refused !== false)
            assert.match(String(refused), /^(round_settled|version_conflict)$/);
        }
        await Promise.all(sweeping);
        assert.equal((await seen(first, round)).state, "voided");
        assert.equal(await game.balance(player), 1000n);
        const { rows } = await game.operator.query(
          `SELECT FROM "${game.schema}".open_rounds WHERE player = $1`,
          [player],
        );
        assert.equal(rows.length, 0);
      }
      await game.close();
    });
  });
});
