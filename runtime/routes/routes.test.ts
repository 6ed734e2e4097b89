import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { after, before, describe, it } from "mocha";
import type { Json } from "../../games/game.ts";
import { verify } from "../../games/verify.ts";
import { type TestDatabase, testDatabase } from "../../test/harness/database.ts";
import { type ListedGame, listedGame, type TestGameOptions } from "../../test/harness/game.ts";
import { type TestIssuer, type TestReply, testApp, testIssuer } from "../testing.ts";
import { gameRoutes } from "./index.ts";

/** A game on PostgreSQL behind its HTTP. */
async function served(listed: ListedGame, issuer: TestIssuer) {
  const pod = await listed.pod();
  const { name: game, compiled } = listed;
  const app = await testApp(gameRoutes({ ...pod, game, compiled }), issuer);
  return { listed, pod, app, base: `/games/${listed.name}` };
}

type Served = Awaited<ReturnType<typeof served>>;

describe("routes on PostgreSQL", () => {
  let database: TestDatabase;
  let issuer: TestIssuer;
  let flip: Served;
  let mines: Served;
  const games: Served[] = [];
  const listedGames: ListedGame[] = [];
  async function game(engine: string, config: Json = {}, options: TestGameOptions = {}) {
    const listed = await listedGame(database, engine, config, options);
    listedGames.push(listed);
    const made = await served(listed, issuer);
    games.push(made);
    return made;
  }
  before(async () => {
    database = await testDatabase();
    issuer = await testIssuer();
    flip = await game("coin-flip", { multiplier: "1.96" });
    mines = await game("mines");
  });
  after(async () => {
    for (const { app } of games) await app.stop();
    for (const listed of listedGames) await listed.close();
    await database?.drop();
  });

  const heads = { stake: "1.00", currency: "USD", bet: { side: "heads" } };
  const three = { stake: "1.00", currency: "USD", bet: { mines: 3 } };

  /** A player with money, who calls one game. */
  async function player({ listed, app, base }: Served, balance = 100_000) {
    const name = await listed.player(balance);
    const token = await issuer.token(name);
    const call = (method: string, path: string, json?: unknown, key?: string) =>
      app.call(method, base + path, { token, ...(json ? { json } : {}), ...(key ? { key } : {}) });
    return {
      name,
      get: (path: string) => call("GET", path),
      bet: (body: unknown, key: string = randomUUID()) => call("POST", "/rounds", body, key),
      act: (round: string, body: unknown, key: string = randomUUID()) =>
        call("POST", `/rounds/${round}/actions`, body, key),
      rotate: (clientSeed: string) => call("POST", "/fairness/rotate", { clientSeed }),
      balance: () => listed.balance(name),
    };
  }

  function refused(reply: TestReply, status: number, code: string): void {
    assert.equal(reply.status, status, reply.text);
    assert.equal(reply.body.code, code);
    assert.match(reply.headers.get("content-type") ?? "", /^application\/problem\+json/);
  }

  it("answers what its document promises, call by call", async () => {
    const ann = await player(mines);
    const document = (await ann.get("/openapi.json")).body;
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema(document, "api");
    function promised(path: string, method: string, reply: TestReply): void {
      const template = `${mines.base}${path}`.replaceAll("~", "~0").replaceAll("/", "~1");
      const type = reply.status < 400 ? "application~1json" : "application~1problem+json";
      const at = `#/paths/${template}/${method}/responses/${reply.status}/content/${type}/schema`;
      const check = ajv.getSchema(`api${at}`);
      assert.ok(check, at);
      assert.ok(check(reply.body), `${at}: ${JSON.stringify(check.errors)} ${reply.text}`);
    }
    promised("", "get", await ann.get(""));
    promised("/fairness", "get", await ann.get("/fairness"));
    const opened = await ann.bet(three);
    promised("/rounds", "post", opened);
    const { id } = opened.body;
    const action = { version: opened.body.version, action: { type: "reveal", tile: 0 } };
    promised("/rounds/{id}/actions", "post", await ann.act(id, action));
    promised("/rounds/{id}", "get", await ann.get(`/rounds/${id}`));
    promised("/rounds", "get", await ann.get("/rounds"));
    promised("/rounds", "post", await ann.bet({}));
    promised("/rounds/{id}/proof", "get", await ann.get(`/rounds/${id}/proof`));
    await ended(ann, id);
    promised("/fairness/rotate", "post", await ann.rotate("next"));
    promised("/rounds/{id}/proof", "get", await ann.get(`/rounds/${id}/proof`));
  });

  async function ended(ann: Awaited<ReturnType<typeof player>>, id: string): Promise<void> {
    const { body } = await ann.get(`/rounds/${id}`);
    if (body.state !== "open") return;
    const cashOut = body.legalActions.some(({ type }: { type: string }) => type === "cashOut");
    const action = cashOut ? { type: "cashOut" } : { type: "reveal", tile: 24 };
    await ann.act(id, { version: body.version, action });
    await ended(ann, id);
  }

  it("tells the proven returns of its revision, by bet", async () => {
    const ann = await player(flip);
    const entry = { bet: {}, rtp: "49/50", decimal: "0.98" };
    const proof = JSON.stringify({ returns: [{ ...entry, variance: "1", hitRate: "1/2" }] });
    const { operator, compiled } = flip.listed;
    const sql = "UPDATE pitboss.revisions SET proof = $2 WHERE revision = $1";
    await operator.query(sql, [compiled.revision, proof]);
    assert.deepEqual((await ann.get("")).body.returns, [entry]);
  });

  it("plays a round of one step, and the same key answers it again", async () => {
    const ann = await player(flip, 10_000);
    const first = await ann.bet(heads, "key-1");
    assert.equal(first.status, 201, first.text);
    const won = first.body.outcome.side === "heads";
    assert.equal(first.body.payout, won ? "1.96" : "0.00");
    assert.equal(await ann.balance(), won ? 10_096n : 9_900n);
    const again = await ann.bet(
      { bet: { side: "heads" }, currency: "USD", stake: "1.00" },
      "key-1",
    );
    assert.equal(again.status, 200);
    assert.deepEqual(again.body, first.body);
    refused(await ann.bet({ ...heads, stake: "2.00" }, "key-1"), 422, "idempotency_mismatch");
    refused(await ann.bet({ ...heads, stake: "nonsense" }, "key-1"), 422, "idempotency_mismatch");
    refused(await ann.bet({}, "key-1"), 422, "idempotency_mismatch");
    assert.equal((await ann.get("/rounds")).body.items.length, 1);
  });

  it("plays one round for a key that comes many times at once", async () => {
    const ann = await player(flip);
    const replies = await Promise.all(Array.from({ length: 10 }, () => ann.bet(heads, "once")));
    assert.equal(replies.filter(({ status }) => status === 201).length, 1);
    assert.ok(replies.every(({ status }) => status === 200 || status === 201));
    assert.equal(new Set(replies.map(({ body }) => body.id)).size, 1);
  });

  it("lists the player's own rounds in pages, newest first", async () => {
    const ann = await player(flip);
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.unshift((await ann.bet(heads)).body.id);
    const seen: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const page = await ann.get(`/rounds?limit=2${cursor && `&cursor=${cursor}`}`);
      assert.equal(page.status, 200, page.text);
      seen.push(...page.body.items.map(({ id }: { id: string }) => id));
      cursor = page.body.next;
    }
    assert.deepEqual(seen, ids);
    assert.deepEqual((await ann.get("/rounds?state=open")).body.items, []);
    refused(await ann.get("/rounds?cursor=nonsense"), 400, "invalid_cursor");
    const bob = await player(flip);
    assert.deepEqual((await bob.get("/rounds")).body, { items: [], next: null });
    refused(await bob.get(`/rounds/${ids[0]}`), 404, "not_found");
    refused(await bob.get(`/rounds/${ids[0]}/proof`), 404, "not_found");
    refused(await ann.get("/rounds/nonsense"), 404, "not_found");
    refused(await ann.get(`/rounds/${randomUUID()}`), 404, "not_found");
  });

  it("commits a pair, reveals it at rotation, and proves the rounds then", async () => {
    const ann = await player(flip);
    const pair = (await ann.get("/fairness")).body;
    assert.equal(pair.nonce, 0);
    const { body: round } = await ann.bet({ ...heads, serverSeedHash: pair.serverSeedHash });
    assert.equal(round.fairness.serverSeedHash, pair.serverSeedHash);
    refused(await ann.get(`/rounds/${round.id}/proof`), 409, "seed_active");
    const rotated = await ann.rotate("my-own");
    assert.equal(rotated.status, 200, rotated.text);
    const { revealed } = rotated.body;
    const hash = createHash("sha256").update(Buffer.from(revealed.serverSeed, "hex")).digest("hex");
    assert.equal(hash, pair.serverSeedHash);
    assert.equal(rotated.body.serverSeedHash, pair.nextServerSeedHash);
    assert.equal(rotated.body.clientSeed, "my-own");
    const proof = await ann.get(`/rounds/${round.id}/proof`);
    assert.equal(proof.status, 200, proof.text);
    assert.deepEqual(verify(proof.body).problems, []);
    refused(await ann.bet({ ...heads, serverSeedHash: pair.serverSeedHash }), 409, "seed_rotated");
    refused(await ann.rotate("my-own"), 409, "client_seed_used");
    refused(await ann.rotate("not allowed!"), 422, "invalid_request");
  });

  it("plays a round of many steps at the version that the player saw", async () => {
    const ann = await player(mines);
    const { status, body: round } = await ann.bet(three, "open-1");
    assert.equal(status, 201);
    assert.equal(round.state, "open");
    assert.equal(round.payout, null);
    assert.ok(!JSON.stringify(round.outcome).includes("mines"));
    const open = await ann.bet(three);
    refused(open, 409, "round_open");
    assert.equal(open.body.round, round.id);
    refused(await ann.rotate("too-early"), 409, "rounds_open");
    const reveal = { version: round.version, action: { type: "reveal", tile: 7 } };
    refused(await ann.act(round.id, { ...reveal, version: 99 }), 409, "version_conflict");
    const bad = await ann.act(round.id, { ...reveal, action: { type: "reveal", tile: 25 } });
    refused(bad, 422, "illegal_action");
    assert.equal(bad.body.pointer, "/action/tile");
    refused(
      await ann.act(round.id, { ...reveal, action: { type: "cashOut" } }),
      422,
      "illegal_action",
    );
    refused(await ann.act(randomUUID(), reveal), 404, "not_found");
    const moved = await ann.act(round.id, reveal, "act-1");
    assert.equal(moved.status, 200, moved.text);
    assert.equal(moved.body.version, round.version + 1);
    assert.equal((await ann.act(round.id, reveal, "act-1")).status, 200);
    const other = { ...reveal, action: { type: "reveal", tile: 8 } };
    refused(await ann.act(round.id, other, "act-1"), 422, "idempotency_mismatch");
    refused(await ann.act(round.id, { nothing: 1 }, "act-1"), 422, "idempotency_mismatch");
    await ended(ann, round.id);
    const settled = (await ann.get(`/rounds/${round.id}`)).body;
    assert.equal(settled.state, "settled");
    const late = { ...reveal, version: settled.version };
    refused(await ann.act(round.id, late), 409, "round_settled");
    assert.equal((await ann.bet(three, "open-1")).body.state, "settled");
  });

  it("refuses bets that the game does not take, each in its own words", async () => {
    const ann = await player(flip, 500);
    const before = (await ann.get("/fairness")).body.nonce;
    const cases: [object, number, string, string?][] = [
      [{ ...heads, bet: { side: "edge" } }, 422, "invalid_bet", "/bet/side"],
      [{ ...heads, bet: {} }, 422, "invalid_bet", "/bet/side"],
      [{ ...heads, bet: { side: "heads", extra: 1 } }, 422, "invalid_bet", "/bet/extra"],
      [{ ...heads, stake: "0.10" }, 422, "stake_limits", "/stake"],
      [{ ...heads, stake: "0.30" }, 422, "stake_limits", "/stake"],
      [{ ...heads, stake: "100.25" }, 422, "stake_limits", "/stake"],
      [{ ...heads, currency: "EUR" }, 422, "stake_limits", "/currency"],
      [{ ...heads, stake: "6.00" }, 402, "insufficient_funds"],
      [{ ...heads, serverSeedHash: "0".repeat(64) }, 409, "seed_rotated"],
    ];
    for (const [body, status, code, pointer] of cases) {
      const reply = await ann.bet(body);
      refused(reply, status, code);
      assert.equal(reply.body.pointer, pointer);
    }
    assert.equal((await ann.get("/fairness")).body.nonce, before);
    assert.equal(await ann.balance(), 500n);
    const rich = await player(mines);
    const risky = { ...three, bet: { mines: 10 }, stake: "100.00" };
    refused(await rich.bet(risky), 422, "stake_over_exposure");
  });

  it("takes no new rounds where it is suspended or drains, from that commit on", async () => {
    const ann = await player(mines);
    const { body: round } = await ann.bet(three);
    for (const [state, code] of [
      ["Suspended", "game_suspended"],
      ["Draining", "game_draining"],
    ] as const) {
      await setState(mines, state);
      refused(await (await player(mines)).bet(three), 403, code);
    }
    const reveal = { version: round.version, action: { type: "reveal", tile: 1 } };
    assert.equal((await ann.act(round.id, reveal)).status, 200);
    await setState(mines, "Active");
    assert.equal((await (await player(mines)).bet(three)).status, 201);
  });

  async function setState({ listed }: Served, state: string): Promise<void> {
    const sql = "UPDATE pitboss.games SET state = $2 WHERE name = $1";
    await listed.operator.query(sql, [listed.name, state]);
  }

  it("rests with 429 where it has paid out its limit of a minute", async () => {
    const rested = await game("coin-flip", {}, { lossLimits: { USD: "0" } });
    const reply = await (await player(rested)).bet(heads);
    refused(reply, 429, "payout_limit");
    const wait = Number(reply.headers.get("retry-after"));
    assert.ok(wait >= 1 && wait <= 60);
  });

  it("never answers absurd bodies with a fault, and always says which field", async () => {
    const ann = await player(mines);
    const bob = await player(flip);
    const { body: round } = await ann.bet(three);
    const near = fc.record(
      {
        stake: fc.oneof(fc.constant("1.00"), fc.string(), fc.double(), fc.bigInt().map(String)),
        currency: fc.oneof(fc.constant("USD"), fc.string(), fc.constant("EUR")),
        bet: fc.oneof(fc.record({ side: fc.jsonValue() }), fc.jsonValue()),
        clientSeed: fc.oneof(fc.string(), fc.jsonValue()),
        serverSeedHash: fc.oneof(fc.string(), fc.jsonValue()),
        more: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    const action = fc.record(
      {
        version: fc.oneof(fc.constant(round.version), fc.integer(), fc.jsonValue()),
        action: fc.oneof(
          fc.record({ type: fc.constantFrom("cashOut", "hold", "?"), tile: fc.jsonValue() }),
          fc.record({ type: fc.constant("reveal"), tile: fc.string() }),
          fc.jsonValue(),
        ),
      },
      { requiredKeys: [] },
    );
    const judge = (reply: TestReply) => {
      assert.ok(reply.status < 500, reply.text);
      if (reply.status === 422) assert.equal(typeof reply.body.pointer, "string", reply.text);
    };
    await fc.assert(
      fc.asyncProperty(fc.oneof(near, fc.jsonValue()), action, async (body, step) => {
        judge(await bob.bet(body ?? "null"));
        judge(await ann.act(round.id, step));
        judge(await bob.rotate(JSON.stringify(body)));
      }),
      { numRuns: 200 },
    );
  });
});
