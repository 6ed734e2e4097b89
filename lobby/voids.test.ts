import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { after, before, describe, it } from "mocha";
import { Database } from "../runtime/database.ts";
import { createLogger } from "../runtime/log.ts";
import { createRegistry } from "../runtime/metrics.ts";
import { type TestIssuer, testApp, testIssuer } from "../runtime/testing.ts";
import { type MountedSecret, mountSecret } from "../runtime/testing-secret.ts";
import type { OpenGame, RoundView } from "../runtime/types.ts";
import { uuidv7 } from "../runtime/uuid.ts";
import { type TestDatabase, testDatabase } from "../test/harness/database.ts";
import { type ListedGame, listedGame } from "../test/harness/game.ts";
import { begun, flipped } from "../test/harness/voids.ts";
import { Cashier } from "./cashier/cashier.ts";
import { Jackpots } from "./jackpots/jackpots.ts";
import { lobbyRoutes } from "./routes/index.ts";
import { Voids } from "./voids.ts";

describe("POST and GET /voids", () => {
  let platform: TestDatabase;
  let secret: MountedSecret;
  let database: Database;
  let issuer: TestIssuer;
  let app: Awaited<ReturnType<typeof testApp>>;
  let flips: ListedGame;
  let mines: ListedGame;
  let flipping: OpenGame;
  let mining: OpenGame;
  let admin: string;
  const registry = createRegistry("lobby");
  const lines: string[] = [];

  before(async () => {
    platform = await testDatabase();
    secret = await mountSecret(platform.lobbyUrl);
    const { directory } = secret;
    database = await Database.open({ directory, connections: 8, application: "voids test" });
    const log = createLogger("info", {}, { write: (line) => lines.push(line) });
    const catalogue = { items: () => [] };
    const jackpots = new Jackpots({ database, log });
    const cashier = new Cashier({ database, log, target: "", tlsDir: "" });
    const voids = new Voids({ database, log, registry });
    issuer = await testIssuer();
    app = await testApp(
      lobbyRoutes({ database, catalogue, jackpots, cashier, voids, log }),
      issuer,
    );
    admin = await issuer.token("adam", { scope: "cashier administrator" });
    flips = await listedGame(platform, "coin-flip", { multiplier: "1.96" });
    mines = await listedGame(platform, "mines");
    [flipping, mining] = [await flips.pod(), await mines.pod()];
  });

  after(async () => {
    await app?.stop();
    await database?.stop();
    await flips?.close();
    await mines?.close();
    await platform?.drop();
    await secret?.remove();
  });

  const post = (json: unknown, token = admin) =>
    app.call("POST", "/voids", { token, raw: JSON.stringify(json) ?? "" });
  const get = (query = "", token = admin) => app.call("GET", `/voids${query}`, { token });
  const bodyFor = ({ game, id }: RoundView, more: object = {}) => {
    return { game, round: id, reason: "a wrong display", reference: randomUUID(), ...more };
  };

  const flip = (won: boolean, balance?: number) =>
    flipped({ game: flips, pod: flipping }, won, balance);
  const openRound = () => begun({ game: mines, pod: mining });

  it("void a settled round and answer the journal's entry", async () => {
    const round = await flip(true);
    const body = bodyFor(round, { reference: "ticket 4711" });
    const reply = await post(body);
    assert.equal(reply.status, 201, reply.text);
    const { id, at } = reply.body;
    assert.deepEqual(reply.body, {
      ...{ id, ...body, was: "settled", player: round.player, currency: "USD" },
      ...{ stake: "1.00", payout: "1.96", amount: "-0.96" },
      ...{ balance: { before: "10.96", after: "10.00" }, by: "adam", at },
    });
    assert.ok(Math.abs(Date.parse(at) - Date.now()) < 600_000);
    const again = await post(body, await issuer.token("eve", { scope: "administrator" }));
    assert.equal(again.status, 200);
    assert.deepEqual(again.body, reply.body);
    assert.deepEqual((await get(`?game=${flips.name}&limit=1`)).body.items, [reply.body]);
  });

  it("void an open round", async () => {
    const reply = await post(bodyFor(await openRound()));
    assert.equal(reply.status, 201, reply.text);
    const { was, payout, amount, balance } = reply.body;
    assert.deepEqual([was, payout, amount], ["open", null, "1.00"]);
    assert.deepEqual(balance, { before: "9.00", after: "10.00" });
  });

  it("show the player in the wallet what was moved", async () => {
    const round = await flip(true);
    await post(bodyFor(round));
    const token = await issuer.token(round.player);
    const entries = await app.call("GET", "/wallet/entries", { token });
    const voids = entries.body.items.filter(({ kind }: { kind: string }) => kind === "void");
    const amounts = voids.map(({ amount }: { amount: string }) => amount).sort();
    assert.deepEqual(amounts, ["-1.96", "1.00"]);
    for (const { game, round: of, reference } of voids) {
      assert.deepEqual([game, of, reference], [flips.name, round.id, null]);
    }
    const wallet = await app.call("GET", "/wallet", { token });
    assert.deepEqual(wallet.body.balances, [{ currency: "USD", balance: "10.00" }]);
  });

  it("write one line of log each, and count", async () => {
    lines.length = 0;
    const round = await flip(false);
    const body = bodyFor(round);
    const counted = async () => {
      const { values } = (await registry.getSingleMetric("pitboss_voids_total")?.get()) ?? {};
      return values?.find(({ labels }) => labels["game"] === flips.name)?.value ?? 0;
    };
    const before = await counted();
    await post(body);
    await post(body);
    await post(bodyFor(round));
    const told = lines.map((line) => JSON.parse(line)).filter((line) => line.round === round.id);
    assert.equal(told.length, 1);
    const { level, game, by, reason, reference } = told[0];
    assert.deepEqual(
      [level, game, by, reason, reference],
      ["info", flips.name, "adam", body.reason, body.reference],
    );
    assert.equal(await counted(), before + 1);
  });

  it("refuse with 402 what the player no longer has, say how much, and change nothing", async () => {
    const round = await flip(true, 100);
    const cashier = { player: round.player, currency: "USD", reference: randomUUID() };
    const taken = await app.call("POST", "/wallet/transfers", {
      token: admin,
      json: { ...cashier, amount: "-1.50" },
    });
    assert.equal(taken.body.balance, "0.46");
    const body = bodyFor(round);
    const refused = await post(body);
    assert.equal(refused.status, 402, refused.text);
    assert.equal(refused.body.code, "insufficient_funds");
    assert.match(refused.body.detail, /0\.50 USD is missing/);
    assert.equal(await flips.balance(round.player), 46n);
    const seen = await flipping.rounds.get(round.player, round.id);
    assert.ok("state" in seen && seen.state === "settled");
  });

  it("refuse another content for a reference, another reference for a round", async () => {
    const [round, other] = [await flip(false), await flip(false)];
    const body = bodyFor(round);
    assert.equal((await post(body)).status, 201);
    for (const change of [{ reason: "other" }, { round: other.id }, { game: mines.name }]) {
      const reply = await post({ ...body, ...change });
      assert.equal(reply.status, 422, reply.text);
      assert.deepEqual(
        [reply.body.code, reply.body.pointer],
        ["idempotency_mismatch", "/reference"],
      );
    }
    const again = await post(bodyFor(round));
    assert.equal(again.status, 409);
    assert.deepEqual([again.body.code, again.body.pointer], ["round_voided", "/round"]);
  });

  it("void once, however many ask at once", async () => {
    const round = await flip(true);
    const same = bodyFor(round);
    const replies = await Promise.all([
      ...Array.from({ length: 10 }, () => post(same)),
      ...Array.from({ length: 10 }, () => post(bodyFor(round))),
    ]);
    const statuses = replies.map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === 201).length, 1);
    assert.deepEqual(
      statuses.filter((status) => ![200, 201, 409].includes(status)),
      [],
    );
    assert.equal(await flips.balance(round.player), 1000n);
  });

  it("answer 404 with the pointer where there is no such game or round", async () => {
    const round = await flip(false);
    const cases: [object, string][] = [
      [{ game: "no-such-game" }, "/game"],
      [{ round: uuidv7() }, "/round"],
      [{ game: mines.name }, "/round"],
    ];
    for (const [change, pointer] of cases) {
      const reply = await post(bodyFor(round, change));
      assert.equal(reply.status, 404, reply.text);
      assert.deepEqual([reply.body.code, reply.body.pointer], ["not_found", pointer]);
    }
  });

  const body = { game: "flip", round: uuidv7(), reason: "why", reference: "r" };
  const wrong: [string, object, string][] = [
    ["no game", { game: undefined }, "/game"],
    ["a game with capitals", { game: "Flip" }, "/game"],
    ["a game of 41 characters", { game: "g".repeat(41) }, "/game"],
    ["a game that is SQL", { game: "x'; DROP TABLE pitboss.voids; --" }, "/game"],
    ["a number for a game", { game: 7 }, "/game"],
    ["no round", { round: undefined }, "/round"],
    ["a round that is no id", { round: "1" }, "/round"],
    ["a round in capitals", { round: uuidv7().toUpperCase() }, "/round"],
    ["a round with a line break behind it", { round: `${uuidv7()}\n` }, "/round"],
    ["a list of rounds", { round: [uuidv7()] }, "/round"],
    ["no reason", { reason: undefined }, "/reason"],
    ["an empty reason", { reason: "" }, "/reason"],
    ["a blank reason", { reason: "   " }, "/reason"],
    ["a reason of no-break spaces", { reason: "\u00a0\u00a0" }, "/reason"],
    ["a long reason", { reason: "r".repeat(501) }, "/reason"],
    ["a reason with an escape", { reason: "a\u001b[2Jb" }, "/reason"],
    ["a reason with a line break", { reason: "a\nb" }, "/reason"],
    ["null for a reason", { reason: null }, "/reason"],
    ["no reference", { reference: undefined }, "/reference"],
    ["an empty reference", { reference: "" }, "/reference"],
    ["a long reference", { reference: "r".repeat(256) }, "/reference"],
    ["an amount", { amount: "1.00" }, "/amount"],
    ["somebody else as the one who did it", { by: "eve" }, "/by"],
  ];
  for (const [name, change, pointer] of wrong) {
    it(`refuse ${name} with 422 and the pointer`, async () => {
      const reply = await post({ ...body, ...change });
      assert.equal(reply.status, 422, reply.text);
      assert.deepEqual([reply.body.code, reply.body.pointer], ["invalid_request", pointer]);
    });
  }

  it("refuse what no text may hold with 400", async () => {
    for (const change of [{ reason: "a\u0000b" }, { reason: "a\ud800" }, { reference: "\u0000" }]) {
      const reply = await post({ ...body, ...change });
      assert.deepEqual([reply.status, reply.body.code], [400, "malformed"], reply.text);
    }
    assert.equal((await post("no object")).status, 422);
    const raw = await app.call("POST", "/voids", { token: admin, raw: "{" });
    assert.deepEqual([raw.status, raw.body.code], [400, "malformed"]);
  });

  it("take a reason of 500 characters in any script, and show it as it is", async () => {
    const reason = "🂡ß漢\u202e'\"\\;--".padEnd(510, "x").slice(0, 501);
    assert.equal([...reason].length, 500);
    const round = await flip(false);
    const reply = await post(bodyFor(round, { reason }));
    assert.equal(reply.status, 201, reply.text);
    assert.equal(reply.body.reason, reason);
    const record = await flipping.records.get(round.player, round.id);
    assert.ok(!("refused" in record));
    assert.equal(record.voided?.reason, reason);
  });

  it("never answer absurd voids with a fault, and always say which field", async () => {
    const absurd = fc.record(
      {
        game: fc.oneof(fc.constant(flips.name), fc.anything()),
        round: fc.oneof(fc.constant(uuidv7()), fc.anything()),
        reason: fc.oneof(fc.constant("why"), fc.anything(), fc.string({ unit: "binary" })),
        reference: fc.oneof(fc.constant("r"), fc.anything(), fc.string({ unit: "binary" })),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(absurd, fc.jsonValue()), async (json) => {
        const text = JSON.stringify(json, (_, value) =>
          typeof value === "bigint" ? String(value) : value,
        );
        const reply = await app.call("POST", "/voids", { token: admin, raw: text ?? "" });
        assert.ok(reply.status >= 400 && reply.status < 500, reply.text);
        if (reply.status === 422) assert.equal(typeof reply.body.pointer, "string");
      }),
      { numRuns: 150 },
    );
  });

  it("are for administrators alone", async () => {
    const round = await flip(false);
    for (const scope of ["", "cashier", "administrators", "Administrator", "play,administrator"]) {
      const token = await issuer.token(round.player, { scope });
      for (const reply of [await post(bodyFor(round), token), await get("", token)]) {
        assert.equal(reply.status, 403, scope);
        assert.equal(reply.body.code, "forbidden");
        assert.match(reply.body.detail, /scope administrator/);
        assert.match(reply.headers.get("www-authenticate") ?? "", /insufficient_scope/);
      }
    }
    const list = await issuer.token(round.player, { scope: ["administrator"] });
    assert.equal((await post(bodyFor(round), list)).status, 403);
    for (const method of ["GET", "POST"]) {
      assert.equal((await app.call(method, "/voids", { json: undefined })).status, 401);
    }
    const onlyAdministrator = await issuer.token("adam", { scope: "administrator" });
    const transfer = { player: "ann", currency: "USD", amount: "1.00", reference: randomUUID() };
    const refused = await app.call("POST", "/wallet/transfers", {
      token: onlyAdministrator,
      json: transfer,
    });
    assert.equal(refused.status, 403);
    assert.equal(await flips.balance(round.player), 900n);
  });

  it("are read newest first, page by page, of one game or of all", async () => {
    const made: string[] = [];
    for (const round of [await flip(true), await openRound(), await flip(false)]) {
      made.unshift((await post(bodyFor(round))).body.id);
    }
    const seen: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null && seen.length < 3) {
      const page = await get(`?limit=2${cursor === "" ? "" : `&cursor=${cursor}`}`);
      assert.equal(page.status, 200, page.text);
      seen.push(...page.body.items.map(({ id }: { id: string }) => id));
      cursor = page.body.next;
    }
    assert.deepEqual(seen.slice(0, 3), made);
    const ofGame = (await get(`?game=${mines.name}`)).body.items;
    assert.ok(ofGame.length > 0);
    assert.ok(ofGame.every(({ game }: { game: string }) => game === mines.name));
    assert.deepEqual((await get("?game=no-such-game")).body, { items: [], next: null });
  });

  it("refuse a page that is none", async () => {
    for (const [query, code] of [
      ["?cursor=abc", "invalid_cursor"],
      ["?limit=0", "malformed"],
      ["?limit=201", "malformed"],
      ["?game=No+Game", "malformed"],
      ["?player=ann", "malformed"],
      ["?game=a&game=b", "malformed"],
    ] as const) {
      const reply = await get(query);
      assert.deepEqual([reply.status, reply.body.code], [400, code], query);
    }
  });

  it("stand in the OpenAPI document, with their refusals", async () => {
    const { body: document } = await app.call("GET", "/openapi.json");
    const { get: listed, post: voiding } = document.paths["/voids"];
    assert.deepEqual(Object.keys(voiding.responses).sort(), [
      ...["200", "201", "400", "401", "402", "403", "404", "409", "413", "415", "422", "429"],
      ...["500", "503"],
    ]);
    assert.deepEqual(voiding.security, [{ token: [] }]);
    assert.match(voiding.responses["409"].description, /`round_voided`/);
    assert.match(voiding.responses["403"].description, /`forbidden`/);
    assert.deepEqual(
      listed.parameters.map(({ name }: { name: string }) => name),
      ["game", "limit", "cursor"],
    );
  });
});
