import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "mocha";
import { DatabaseAway } from "../database-away.ts";
import type { PlayRecord } from "../play-record.ts";
import { type TestIssuer, testApp, testIssuer } from "../testing.ts";
import { parseCsv } from "../testing-csv.ts";
import type { ExportRequest } from "../types.ts";
import { EXPORT_MAX } from "./exports.ts";
import { gameRoutes } from "./index.ts";
import { roundId, sampleGame } from "./testing.ts";

describe("exports", () => {
  let issuer: TestIssuer;
  let app: Awaited<ReturnType<typeof testApp>>;
  let asked: ExportRequest[] = [];
  /** What the next export holds. */
  let pages: AsyncIterable<readonly PlayRecord[]>;
  const sample = sampleGame();

  before(async () => {
    issuer = await testIssuer();
    const records: typeof sample.records = {
      ...sample.records,
      pages(request) {
        asked.push(request);
        return pages;
      },
    };
    app = await testApp(gameRoutes({ ...sample, records }), issuer);
  });
  after(() => app.stop());
  beforeEach(() => {
    asked = [];
    pages = sample.records.pages({ from: new Date(0), to: new Date(), limit: 1 });
  });

  const get = async (path: string, player = "ann", claims = {}) =>
    app.call("GET", path, { token: await issuer.token(player, claims) });

  it("gives players their own rounds, and all only to the back office", async () => {
    const own = await get("/games/flip/rounds.csv");
    assert.equal(own.status, 200);
    assert.match(own.headers.get("content-type") ?? "", /^text\/csv/);
    assert.equal(own.headers.get("cache-control"), "no-store");
    assert.equal(asked[0]?.player, "ann");
    assert.equal((await get("/games/flip/records.csv")).body.code, "forbidden");
    const all = await get("/games/flip/records.csv", "back-end", { scope: "cashier" });
    assert.equal(all.status, 200);
    assert.equal(asked[1]?.player, undefined);
    assert.equal((await get(`/games/flip/records/${roundId}`)).body.code, "forbidden");
  });

  it("writes a line for each round, with the record's fields", async () => {
    const [line] = parseCsv((await get("/games/flip/rounds.csv")).text);
    assert.deepEqual(
      [line?.["round"], line?.["status"], line?.["first_stake"], line?.["payout"]],
      [roundId, "complete", "1.00", "1.98"],
    );
    assert.deepEqual([line?.["funds_before"], line?.["funds_after"]], ["10.00", "10.98"]);
    assert.deepEqual(JSON.parse(line?.["bet"] ?? ""), { side: "heads" });
    const record = await get(`/games/flip/rounds/${roundId}/record`);
    assert.deepEqual(JSON.parse(line?.["phases"] ?? ""), record.body.phases);
  });

  it("takes a time from and to, and goes on after a cursor", async () => {
    const times = "from=2026-01-31&to=2026-02-01T12:00:00.5Z";
    assert.equal((await get(`/games/flip/rounds.csv?${times}&cursor=${roundId}`)).status, 200);
    const [request] = asked;
    assert.equal(request?.from.toISOString(), "2026-01-31T00:00:00.000Z");
    assert.equal(request?.to.toISOString(), "2026-02-01T12:00:00.500Z");
    assert.deepEqual([request?.after, request?.limit], [roundId, EXPORT_MAX]);
    for (const bad of ["from=2026-02-30", "to=2026-13-01", "from=now", "to=1", "cursor=x", "a=1"]) {
      const reply = await get(`/games/flip/rounds.csv?${bad}`);
      assert.equal(reply.status, 400, `${bad} ${reply.text}`);
    }
  });

  it("writes a few at once, and forgets those whose reader has gone", async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    pages = (async function* () {
      await held;
      yield* [];
    })();
    const token = await issuer.token("ann");
    const leave = new AbortController();
    const headers = { authorization: `Bearer ${token}` };
    const read = () => fetch(`${app.url}/games/flip/rounds.csv`, { headers, signal: leave.signal });
    const gone = Promise.allSettled([read(), read()]);
    while (asked.length < 2) await new Promise(setImmediate);
    const third = await get("/games/flip/rounds.csv");
    assert.equal(third.body.code, "too_many_requests");
    assert.ok(Number(third.headers.get("retry-after")) > 0);
    leave.abort();
    await gone;
    release();
    pages = sample.records.pages({ from: new Date(0), to: new Date(), limit: 1 });
    while ((await get("/games/flip/rounds.csv")).status !== 200) await new Promise(setImmediate);
  });

  it("says so where the database is away from the first page on, and may be asked again", async () => {
    for (const time of ["first", "second", "third"]) {
      // biome-ignore lint/correctness/useYield: it fails before there is a page.
      pages = (async function* () {
        throw new DatabaseAway("while reading records");
      })();
      const reply = await get("/games/flip/rounds.csv");
      assert.deepEqual([reply.status, reply.body.code], [503, "unavailable"], time);
      assert.ok(Number(reply.headers.get("retry-after")) > 0);
    }
  });

  it("ends the connection where the database goes away in the middle: half a file is none", async () => {
    pages = (async function* () {
      yield [];
      throw new Error("away");
    })();
    await assert.rejects(get("/games/flip/rounds.csv"));
  });
});
