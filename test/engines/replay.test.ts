import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, describe, it } from "mocha";
import { proofDigest } from "../../games/canonical.ts";
import type { Json } from "../../games/game.ts";
import { engines } from "../../games/index.ts";
import { verify } from "../../games/verify.ts";
import { type TestIssuer, testIssuer } from "../../runtime/testing.ts";
import { type TestDatabase, testDatabase } from "../harness/database.ts";
import {
  legalAction,
  openTable,
  placed,
  type Round,
  requests,
  type Seat,
  type Table,
} from "./table.ts";

const playerCount = 6;
const roundsEach = 6;
/** A paytable has hundreds of fields, and each is tried against the whole of a proof. */
const mostConfigFields = 8;

type Proof = { [field: string]: Json };
type Path = readonly (string | number)[];

/** Every value of a document that holds no others. */
function leaves(value: Json, at: Path = []): Path[] {
  const entries = value !== null && typeof value === "object" ? Object.entries(value) : [];
  if (entries.length === 0) return [at];
  return entries.flatMap(([key, inner]) =>
    leaves(inner, [...at, Array.isArray(value) ? Number(key) : key]),
  );
}

/** Another value of the same type. */
function other(value: Json): Json {
  if (typeof value === "number") return value + 1;
  if (typeof value === "boolean") return !value;
  if (value === null) return 0;
  if (Array.isArray(value)) return [...value, 1];
  if (typeof value === "object") return { ...value, more: 1 };
  const last = value.at(-1) ?? "";
  // Hex stays hex and decimals stay decimals, so that it is not the shape that gives it away.
  return /[0-9a-f]$/.test(last) ? value.slice(0, -1) + (last === "1" ? "2" : "1") : `${value}x`;
}

function withOther(value: Json, [key, ...rest]: Path): Json {
  if (key === undefined) return other(value);
  const inner = (value as { [key: string]: Json })[key] ?? null;
  const changed = withOther(inner, rest);
  return Array.isArray(value)
    ? value.map((it, i) => (i === key ? changed : it))
    : { ...(value as object), [key]: changed };
}

/** What the seeds and the rules decide: nobody can change it, not even with a digest to match. */
const decided = [
  ...["engineVersion", "revision", "config", "serverSeed", "serverSeedHash"],
  ...["totalStake", "outcome", "payout"],
];

describe("rounds that are stored", () => {
  let database: TestDatabase;
  let issuer: TestIssuer;
  before(async () => {
    database = await testDatabase();
    issuer = await testIssuer();
  });
  after(() => database?.drop());

  for (const [engine, { clock }] of engines) {
    describe(`of ${engine}`, () => {
      let table: Table;
      const seats: Seat[] = [];
      const proofs: Proof[] = [];
      before(async () => {
        table = await openTable(database, issuer, engine);
        for (let i = 0; i < playerCount; i++) seats.push(await table.seat());
      });
      after(() => table?.close());

      async function read(seat: Seat, id: string): Promise<Round> {
        const reply = await seat.get(`/rounds/${id}`);
        assert.equal(reply.status, 200, reply.text);
        return reply.body;
      }

      async function acted(seat: Seat, round: Round): Promise<Round> {
        const action = legalAction(round, randomInt);
        const body = { version: round.version, action };
        const reply = await seat.post(`/rounds/${round.id}/actions`, body);
        // A round that runs by the clock may be over before the action is there.
        if (clock && reply.status === 409) return ended(seat, round);
        assert.equal(reply.status, 200, reply.text);
        return reply.body;
      }

      async function ended(seat: Seat, { id }: Round): Promise<Round> {
        for (let tries = 0; tries < 300; tries++) {
          const round = await read(seat, id);
          if (round.state === "settled") return round;
          await sleep(50);
        }
        return assert.fail(`the round ${id} does not end by itself`);
      }

      async function begun(seat: Seat): Promise<Round> {
        const list = requests[engine] ?? assert.fail();
        return placed(seat, list[randomInt(list.length)] ?? assert.fail());
      }

      /** A round from its start to its end, or to where the player leaves it. */
      async function plays(seat: Seat, leaves: boolean): Promise<void> {
        let round = await begun(seat);
        while (round.state === "open") {
          if (leaves && randomInt(3) === 0) return;
          round = await acted(seat, round);
        }
      }

      /** A round by the clock: the player ends it, or waits until it ends where that is soon. */
      async function waits(seat: Seat): Promise<void> {
        const round = await begun(seat);
        const soon = round.bet["autoCashOut"] !== undefined;
        await (soon && randomInt(2) === 0 ? ended : acted)(seat, round);
      }

      async function openRounds(): Promise<number> {
        const text = `SELECT count(*)::int AS n FROM "${table.listed.schema}".rounds WHERE state = 'open'`;
        return (await table.listed.operator.query(text)).rows[0].n;
      }

      /** Ends by the default action what the players have left. */
      async function finished(): Promise<void> {
        const text = "UPDATE pitboss.games SET open_timeout = '0 seconds' WHERE name = $1";
        await table.listed.operator.query(text, [table.listed.name]);
        for (let tries = 0; (await openRounds()) > 0; tries++) {
          assert.ok(tries < 50, "an abandoned round is not finished");
          await table.sweep();
        }
      }

      async function isProven(seat: Seat, round: Round): Promise<void> {
        const reply = await seat.get(`/rounds/${round.id}/proof`);
        assert.equal(reply.status, 200, reply.text);
        const proof: Proof = reply.body;
        assert.deepEqual(verify(proof), { ok: true, problems: [] }, reply.text);
        const { outcome, payout, totalStake, nonce } = proof;
        const stored = [round.outcome, round.payout, round.stake, round.fairness.nonce];
        assert.deepEqual([outcome, payout, totalStake, nonce], stored);
        assert.equal(proof["round"], round.id);
        proofs.push(proof);
      }

      it("replay to their stored results, every one of them", async () => {
        const all = seats.map(async (seat) => {
          for (let i = 1; i <= roundsEach; i++) {
            await (clock ? waits(seat) : plays(seat, i === roundsEach));
          }
        });
        await Promise.all(all);
        await finished();
        for (const seat of seats) {
          const reply = await seat.post("/fairness/rotate", { clientSeed: "the-next" });
          assert.equal(reply.status, 200, reply.text);
          const { items } = (await seat.get("/rounds?limit=200")).body as { items: Round[] };
          const nonces = items.map(({ fairness }) => fairness.nonce).toSorted((a, b) => a - b);
          assert.deepEqual(nonces, [...items.keys()]);
          for (const round of items) await isProven(seat, round);
        }
        const text = `SELECT count(*)::int AS n FROM "${table.listed.schema}".rounds`;
        const { rows } = await table.listed.operator.query(text);
        assert.deepEqual([proofs.length, rows[0].n], Array(2).fill(playerCount * roundsEach));
      });

      it("have proofs in which a change of any field is found", () => {
        const actionsOf = (proof: Proof) => (proof["actions"] as Json[]).length;
        const proof = proofs.toSorted((a, b) => actionsOf(b) - actionsOf(a))[0] ?? assert.fail();
        const inConfig = ([field]: Path) => field === "config";
        const paths = leaves(proof);
        const configPaths = paths.filter(inConfig).slice(0, mostConfigFields);
        for (const path of [...paths.filter((it) => !inConfig(it)), ...configPaths]) {
          const forged = withOther(proof, path) as Proof;
          assert.ok(!verify(forged).ok, `a change of /${path.join("/")} is not found`);
          if (!decided.includes(String(path[0]))) continue;
          const digest = proofDigest(forged);
          assert.ok(!verify({ ...forged, digest }).ok, `/${path.join("/")}, with its digest`);
        }
        for (const field of Object.keys(proof)) {
          const { [field]: _, ...rest } = proof;
          assert.ok(!verify(rest).ok, `${field} can be left out`);
        }
        assert.ok(!verify({ ...proof, more: 1 }).ok, "a field can be added");
      });
    });
  }
});
