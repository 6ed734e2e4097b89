import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, describe, it } from "mocha";
import { verifyWin } from "../../games/verify-win.ts";
import { Database } from "../../runtime/database.ts";
import { createLogger } from "../../runtime/log.ts";
import { createRegistry } from "../../runtime/metrics.ts";
import { type TestIssuer, testApp, testIssuer } from "../../runtime/testing.ts";
import { type MountedSecret, mountSecret } from "../../runtime/testing-secret.ts";
import { type TestDatabase, testDatabase } from "../../test/harness/database.ts";
import {
  type JackpotBooks,
  jackpotBooks,
  mustHitBy,
  oneInFive,
  type TestJackpot,
} from "../../test/harness/jackpots.ts";
import { Cable } from "../../test/harness/process.ts";
import { until } from "../../test/harness/until.ts";
import { Cashier } from "../cashier/cashier.ts";
import { Catalogue } from "../catalogue.ts";
import { lobbyRoutes } from "../routes/index.ts";
import { Voids } from "../voids.ts";
import { Jackpots } from "./jackpots.ts";
import { EventSource, type Received } from "./testing.ts";

const silent = createLogger("error", {}, { write: () => undefined });

const stops: (() => Promise<void>)[] = [];

/** One pod of the lobby: its own connections, board and sequencer. Stopped after the tests at the latest. */
async function pod(directory: string, issuer: TestIssuer) {
  const database = await Database.open({ directory, connections: 4, application: "lobby test" });
  const registry = createRegistry("lobby");
  const jackpots = new Jackpots({ database, log: silent, registry });
  const catalogue = new Catalogue(database, silent);
  const cashier = new Cashier({ database, log: silent, target: "", tlsDir: "" });
  const voids = new Voids({ database, log: silent });
  const routes = lobbyRoutes({ database, catalogue, jackpots, cashier, voids, log: silent });
  const app = await testApp(routes, issuer);
  await jackpots.start();
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    await jackpots.stop();
    await app.stop();
    await database.stop();
  };
  const once = () => {
    stopped ??= stop();
    return stopped;
  };
  stops.push(once);
  return {
    app,
    jackpots,
    registry,
    stop: once,
  };
}

describe("the lobby's jackpots", function () {
  this.timeout(120_000);
  let platform: TestDatabase;
  let secret: MountedSecret;
  let issuer: TestIssuer;
  let books: JackpotBooks;
  let one: Awaited<ReturnType<typeof pod>>;
  let other: Awaited<ReturnType<typeof pod>>;
  const streams: EventSource[] = [];

  before(async () => {
    platform = await testDatabase();
    secret = await mountSecret(platform.lobbyUrl);
    issuer = await testIssuer();
    books = jackpotBooks(platform);
    one = await pod(secret.directory, issuer);
    other = await pod(secret.directory, issuer);
  });
  after(async () => {
    for (const stream of streams) stream.close();
    for (const stop of stops) await stop();
    await books?.close();
    await platform?.drop();
    await secret?.remove();
  });

  const follow = async (from: typeof one, headers: Record<string, string> = {}, query = "") => {
    const stream = await EventSource.open(`${from.app.url}/jackpots/stream${query}`, headers);
    streams.push(stream);
    return stream;
  };

  /** What rounds with these debits leave, in minor units; the sequencer of any pod may take it. */
  const feed = (jackpot: TestJackpot, debits: readonly number[], player = "ann") =>
    books.superuser.query(
      `INSERT INTO pitboss.jackpot_incoming (jackpot, terms, debit, hit, game, round, player)
        SELECT id, terms, unnest($2::numeric[]), false, 'dice', gen_random_uuid(), $3
          FROM pitboss.jackpots WHERE id = $1`,
      [jackpot.id, debits, player],
    );
  const player = async (name: string): Promise<string> => {
    await books.operator.query("SELECT pitboss.cashier_transfer($1, 'USD', '100', $1)", [name]);
    return name;
  };
  /** Brings any pool of 10 to 20 USD to its ceiling, so that it wins for certain. */
  const ENOUGH = 200_000;
  const itemOf = async ({ name }: TestJackpot, { app } = one) => {
    const { status, body, text } = await app.call("GET", "/jackpots");
    assert.equal(status, 200, text);
    return body.items.find((item: { name: string }) => item.name === name);
  };
  const shown = (jackpot: TestJackpot, pool: string) =>
    until(`a pool of ${pool}`, async () => (await itemOf(jackpot))?.pool === pool);

  it("are listed with what a player has to know before a bet", async () => {
    const jackpot = await books.save(mustHitBy);
    const drawn = await books.save(oneInFive, { namespace: "other" });
    await shown(drawn, "5.00");
    const { commitment, rules, ...item } = await itemOf(jackpot);
    assert.deepEqual(item, {
      ...{ namespace: "casino", name: jackpot.name, currency: "USD", digits: 2 },
      ...{ pool: "10.00", overflow: "0.00", contributions: "0.00", wins: 0, lastWin: null },
      terms: {
        ...{ seed: "10.00", ceiling: "20.00", contribution: "1/100", overflowShare: "1/5" },
        trigger: { mustHitBy: "20.00" },
      },
      ...{ pendingTerms: null, games: [] },
    });
    assert.match(commitment, /^[0-9a-f]{64}$/);
    assert.match(rules.funding, /1\/100 of every stake.*1\/5 goes to the overflow/);
    assert.match(rules.seed, /10\.00 USD/);
    assert.match(rules.ceiling, /20\.00 USD/);
    assert.match(rules.returnToPlayer, /^1\/100 of all stakes/);
    assert.match(rules.simultaneousWins, /first that wins takes the whole pool/);
    const other = await itemOf(drawn);
    assert.deepEqual(other.terms.trigger, { oneIn: "5", per: "1.00" });
    assert.equal(other.commitment, null);
    assert.match(other.rules.winning, /1 in 5 for every 1\.00 USD/);
  });

  it("are counted by whichever pod comes first, and shown by each", async () => {
    const jackpot = await books.save(oneInFive);
    await feed(jackpot, [10_000, 5_050]);
    const counted = async () => {
      const [mine, theirs] = await Promise.all([itemOf(jackpot), itemOf(jackpot, other)]);
      return mine?.contributions === "1.50" && theirs?.contributions === "1.50";
    };
    await until("both pods show it", counted);
    const texts = await Promise.all([one.registry.metrics(), other.registry.metrics()]);
    const of = (metric: string) =>
      new RegExp(
        `^pitboss_jackpot_${metric}\\{[^}]*jackpot="${jackpot.name}"[^}]*\\} (\\S+)$`,
        "m",
      );
    const taken = texts.map((text) => Number(of("sequenced_total").exec(text)?.[1] ?? 0));
    assert.equal(
      taken.reduce((sum, count) => sum + count, 0),
      2,
      "each was counted once",
    );
    for (const text of texts) {
      assert.equal(of("contributions").exec(text)?.[1], "1.5");
      assert.equal(of("seed").exec(text)?.[1], "5");
      assert.equal(of("behind_seconds").exec(text)?.[1], "0");
    }
  });

  it("tell every client of a win, at whichever pod it is, and prove it", async () => {
    const jackpot = await books.save(mustHitBy);
    const winner = await player("winner");
    await shown(jackpot, "10.00");
    const [mine, theirs] = [await follow(one), await follow(other)];
    assert.equal(mine.response.headers["content-type"], "text/event-stream; charset=utf-8");
    await Promise.all([mine.until("pools", 1), theirs.until("pools", 1)]);
    await feed(jackpot, [ENOUGH], winner);
    const [[first], [second]] = await Promise.all([mine.until("win", 1), theirs.until("win", 1)]);
    assert.deepEqual(first?.data, second?.data);
    assert.equal(first?.id, second?.id);
    const { amount, proof, ...told } = first?.data ?? {};
    assert.equal(told.name, jackpot.name);
    assert.ok(!JSON.stringify(first).includes(winner), "who won is nobody's business");
    const balance = await books.operator.query(
      "SELECT balance::text FROM pitboss.balances WHERE player = $1",
      [winner],
    );
    assert.equal(`${BigInt(balance.rows[0].balance) - 100n}`, amount.replace(".", ""));
    await until("the win is counted", async () => (await itemOf(jackpot)).wins === 1);
    const { lastWin } = await itemOf(jackpot);
    assert.deepEqual([lastWin.amount, lastWin.proof], [amount, proof]);
    const answer = await one.app.call("GET", proof);
    assert.equal(answer.status, 200);
    const verdict = verifyWin(answer.body);
    assert.ok(verdict.ok, JSON.stringify(verdict));
  });

  it("do not prove what nobody won, nor a win by another jackpot's name", async () => {
    const [win] = (await books.operator.query("SELECT max(id) AS id FROM pitboss.jackpot_wins"))
      .rows;
    for (const path of [
      `casino/none/wins/${win.id}`,
      `other/mega/wins/${win.id}`,
      "casino/mega/wins/0",
      "casino/mega/wins/x",
      "casino/mega/wins/99999999999999999999",
      "Casino/mega/wins/1",
    ]) {
      assert.equal((await one.app.call("GET", `/jackpots/${path}/proof`)).status, 404, path);
    }
  });

  it("lose nothing for a client that comes back, to another pod or much later", async () => {
    const jackpot = await books.save({ ...mustHitBy, overflowShare: "0" });
    const winner = await player("often");
    const stream = await follow(one);
    await stream.until("pools", 1);
    await feed(jackpot, [ENOUGH], winner);
    await stream.until("win", 1);
    const { lastEventId } = stream;
    stream.close();
    for (let i = 0; i < 5; i += 1) {
      await feed(jackpot, [ENOUGH], winner);
      await until(`win ${i + 2}`, async () => (await itemOf(jackpot)).wins === i + 2);
    }
    const wins = (from: EventSource): Received[] =>
      from.of("win").filter(({ data }) => data.name === jackpot.name);
    const again = await follow(other, { "last-event-id": lastEventId });
    await until("the five wins since", async () => wins(again).length === 5);
    // A pod that has just started has seen none of it itself.
    const fresh = await pod(secret.directory, issuer);
    const late = await follow(fresh, {}, "?lastEventId=0");
    await until("all of its wins", async () => wins(late).length === 6);
    const ids = late.of("win").map(({ id }) => Number(id));
    assert.deepEqual(
      ids,
      ids.toSorted((a, b) => a - b),
    );
    assert.equal(new Set(ids).size, ids.length, "none twice");
    await fresh.stop();
    await until("the stream ends with its pod", async () => late.ended);
  });

  it("say when other terms come into force", async () => {
    const jackpot = await books.save(mustHitBy);
    const stream = await follow(one);
    await stream.until("pools", 1);
    const dearer = { ...mustHitBy, contribution: "1/50" };
    assert.equal((await books.save(dearer, { name: jackpot.name })).status, "pending");
    await until("they wait", async () => (await itemOf(jackpot)).pendingTerms !== null);
    await feed(jackpot, [ENOUGH], await player("changer"));
    const [told] = await stream.until("terms", 1);
    assert.equal(told?.data.terms.contribution, "1/50");
    await until("they hold", async () => (await itemOf(jackpot)).terms.contribution === "1/50");
  });

  it("show their pools at most once a second, however fast they grow", async () => {
    const jackpot = await books.save(oneInFive);
    const stream = await follow(one);
    await stream.until("pools", 1);
    for (let i = 0; i < 20; i += 1) {
      await feed(jackpot, [100]);
      await sleep(100);
    }
    const times = (await stream.until("pools", 2)).map(({ at }) => at);
    // A timer may fire a few milliseconds early.
    for (const [i, at] of times.slice(1).entries()) assert.ok(at - (times[i] ?? 0) > 900);
  });

  it("refuse an id that is none, and more clients than a pod can hold", async () => {
    const wrong = await one.app.call("GET", "/jackpots/stream", {
      headers: { "last-event-id": "-1" },
    });
    assert.deepEqual([wrong.status, wrong.body.code], [400, "malformed"]);
    const query = await one.app.call("GET", "/jackpots/stream?lastEventId=abc");
    assert.equal(query.status, 400);
  });

  it("go on by themselves when the database comes back, and lose no win meanwhile", async () => {
    const jackpot = await books.save(mustHitBy);
    const winner = await player("patient");
    const url = new URL(platform.lobbyUrl);
    const cable = new Cable(url.hostname, Number(url.port));
    stops.push(async () => cable.cut());
    await cable.mend();
    url.hostname = "127.0.0.1";
    url.port = String(cable.port);
    const mounted = await mountSecret(url.href);
    const cut = await pod(mounted.directory, issuer);
    const stream = await follow(cut);
    await stream.until("pools", 1);
    cable.cut();
    const get = () => cut.app.call("GET", "/jackpots");
    await until("the lobby says that it cannot tell", async () => (await get()).status === 503);
    await feed(jackpot, [ENOUGH], winner);
    await until("another pod has counted the win", async () => (await itemOf(jackpot)).wins === 1);
    assert.equal(stream.ended, false, "who listens goes on listening");
    await cable.mend();
    const [told] = await stream.until("win", 1);
    assert.equal(told?.data.name, jackpot.name);
    await until("it tells again", async () => (await get()).status === 200);
    stream.close();
    await cut.stop();
    cable.cut();
    await mounted.remove();
  });

  it("end the streams when the pod drains", async () => {
    const leaving = await pod(secret.directory, issuer);
    const stream = await follow(leaving);
    await stream.until("pools", 1);
    leaving.jackpots.drain();
    await until("the stream ends", async () => stream.ended);
    assert.equal(stream.response.complete, true, "it ends as a whole answer");
    assert.equal((await leaving.app.call("GET", "/jackpots/stream")).status, 429);
    await leaving.stop();
  });
});
