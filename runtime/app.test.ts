import assert from "node:assert/strict";
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { after, before, describe, it } from "mocha";
import { DatabaseAway } from "./database-away.ts";
import { gameRoutes } from "./routes/index.ts";
import { roundId, sampleGame, sampleRound } from "./routes/testing.ts";
import { type TestIssuer, testApp, testIssuer } from "./testing.ts";
import type { Rounds, SeedPairs } from "./types.ts";

const rounds = "/games/flip/rounds";
const bet = { stake: "1.00", currency: "USD", bet: { side: "heads" } };

/** Bytes on a bare connection, and all that comes back. */
async function bytes(url: string, text: string): Promise<string> {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.end(text);
  let answer = "";
  for await (const chunk of socket) answer += chunk;
  return answer;
}

describe("app", () => {
  let issuer: TestIssuer;
  let token: string;
  let answers: Partial<Rounds & SeedPairs> = {};
  let app: Awaited<ReturnType<typeof testApp>>;
  before(async () => {
    issuer = await testIssuer();
    token = await issuer.token("ann");
    // Each test sets the answers that it needs.
    const handler: ProxyHandler<object> = {
      get: (_, name) => Reflect.get({ ...defaults.rounds, ...defaults.pairs, ...answers }, name),
    };
    const defaults = sampleGame();
    const live = new Proxy({}, handler) as Rounds & SeedPairs;
    app = await testApp(gameRoutes({ ...defaults, rounds: live, pairs: live }), issuer);
  });
  const others: (typeof app)[] = [];
  after(async () => {
    for (const one of [app, ...others]) await one.stop();
  });
  const call = (
    method: string,
    path: string,
    options: Parameters<typeof app.call>[2] = {},
  ): ReturnType<typeof app.call> => app.call(method, path, { token, ...options });
  const place = (json: unknown, key = "k1") => call("POST", rounds, { json, key });

  it("answers a round in the form of the contract", async () => {
    answers = {};
    const created = await place(bet);
    assert.equal(created.status, 201);
    assert.deepEqual(created.body, {
      id: roundId,
      game: "flip",
      engine: "coin-flip",
      revision: "0123456789abcdef",
      player: "ann",
      state: "settled",
      version: 1,
      stake: "1.00",
      payout: "1.98",
      currency: "USD",
      bet: { side: "heads" },
      outcome: { side: "heads" },
      legalActions: [],
      jackpotWins: [],
      funds: { before: "10.00", after: "10.98" },
      fairness: { serverSeedHash: "0".repeat(64), clientSeed: "lucky", nonce: 0 },
      createdAt: "2026-01-01T00:00:00.000Z",
      settledAt: "2026-01-01T00:00:00.000Z",
    });
    assert.equal(created.headers.get("cache-control"), "no-store");
    answers = {
      place: async () => ({ replayed: { ...sampleRound, state: "open", payout: null } }),
    };
    const replayed = await place(bet);
    assert.equal(replayed.status, 200);
    assert.equal(replayed.body.payout, null);
  });

  it("needs no token for rules and document, and one for all else", async () => {
    for (const path of ["/games/flip", "/games/flip/openapi.json"]) {
      assert.equal((await app.call("GET", path)).status, 200, path);
    }
    const calls = ["/rounds", `/rounds/${roundId}`, `/rounds/${roundId}/proof`, "/fairness"];
    for (const path of calls) {
      const reply = await app.call("GET", `/games/flip${path}`);
      assert.equal(reply.status, 401, path);
      assert.equal(reply.body.code, "unauthorized");
      assert.match(reply.headers.get("www-authenticate") ?? "", /^Bearer realm=/);
    }
    assert.equal((await app.call("POST", rounds, { json: bet, key: "k" })).status, 401);
  });

  it("tells rules with limits as decimals", async () => {
    const { body, headers } = await call("GET", "/games/flip");
    assert.match(headers.get("content-type") ?? "", /^application\/json/);
    assert.deepEqual(body.returns, [{ bet: {}, rtp: "99/100", decimal: "0.99" }]);
    assert.equal(body.limits[0].min, "1.00");
    assert.equal(body.config.multiplier, "1.98");
    assert.deepEqual(body.jackpots, []);
    assert.ok(body.betSchema.properties.side);
    assert.equal(body.actionSchema, null);
  });

  describe("refuses", () => {
    const wrong: [string, number, string, Parameters<typeof app.call>[2], string?][] = [
      ["no key", 400, "idempotency_key_required", { json: bet }],
      ["an empty key", 400, "idempotency_key_required", { json: bet, key: " " }],
      ["a key too long", 400, "idempotency_key_required", { json: bet, key: "k".repeat(256) }],
      ["a key with a space", 400, "idempotency_key_required", { json: bet, key: "a b" }],
      ["half a body", 400, "malformed", { raw: '{"stake":', key: "k" }],
      ["no body", 415, "unsupported_media_type", { key: "k" }],
      ["a form", 415, "unsupported_media_type", form("application/x-www-form-urlencoded")],
      ["another charset", 415, "unsupported_media_type", form("application/json; charset=latin1")],
      ["an encoding", 415, "unsupported_media_type", encoded()],
      ["a large body", 413, "payload_too_large", { raw: `"${"x".repeat(100_000)}"`, key: "k" }],
      ["an array", 422, "invalid_request", { json: [], key: "k" }, ""],
      ["an unknown field", 422, "invalid_request", { json: { ...bet, tip: 1 }, key: "k" }, "/tip"],
      ["a missing field", 422, "invalid_request", { json: { bet: {} }, key: "k" }, "/stake"],
      [
        "a number as stake",
        422,
        "invalid_request",
        { json: { ...bet, stake: 1 }, key: "k" },
        "/stake",
      ],
      [
        "a stake below 0",
        422,
        "invalid_request",
        { json: { ...bet, stake: "-1.00" }, key: "k" },
        "/stake",
      ],
      [
        "too many decimals",
        422,
        "stake_limits",
        { json: { ...bet, stake: "1.001" }, key: "k" },
        "/stake",
      ],
      [
        "an unknown currency",
        422,
        "stake_limits",
        { json: { ...bet, currency: "XXX" }, key: "k" },
        "/currency",
      ],
      [
        "a bad client seed",
        422,
        "invalid_request",
        { json: { ...bet, clientSeed: "a b" }, key: "k" },
        "/clientSeed",
      ],
      [
        "a key of pointers",
        422,
        "invalid_request",
        { json: { ...bet, "a/b~c": 1 }, key: "k" },
        "/a~1b~0c",
      ],
    ];
    function form(type: string) {
      return { raw: JSON.stringify(bet), key: "k", headers: { "content-type": type } };
    }
    function encoded() {
      return { raw: JSON.stringify(bet), key: "k", headers: { "content-encoding": "gzip" } };
    }
    for (const [name, status, code, options, pointer] of wrong) {
      it(`${name} with ${status} ${code}`, async () => {
        answers = { place: async () => ({ refused: "stake_limits" }) };
        const reply = await call("POST", rounds, options);
        assert.equal(reply.status, status, reply.text);
        assert.equal(reply.body.code, code);
        assert.equal(reply.body.pointer, pointer);
        assert.match(reply.headers.get("content-type") ?? "", /^application\/problem\+json/);
        assert.equal(reply.headers.get("cache-control"), "no-store");
      });
    }

    it("a body that another request of the same key had, before it finds fault with it", async () => {
      answers = { place: async () => ({ refused: "idempotency_mismatch" }) };
      assert.equal((await place({ ...bet, stake: "1.001" })).body.code, "idempotency_mismatch");
      assert.equal((await place({})).body.code, "idempotency_mismatch");
      answers = { act: async () => ({ refused: "idempotency_mismatch" }) };
      const reply = await call("POST", `${rounds}/${roundId}/actions`, { json: {}, key: "k" });
      assert.equal(reply.body.code, "idempotency_mismatch");
    });

    it("a large body that is sent in pieces", async () => {
      const target = httpRequest(`${app.url}${rounds}`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${token}`,
          "idempotency-key": "k",
          "content-type": "application/json",
        },
      });
      for (let i = 0; i < 20; i++) target.write(" ".repeat(10_000));
      target.end();
      const [response] = await once(target, "response");
      assert.equal(response.statusCode, 413);
      response.resume();
    });

    it("queries that it cannot read", async () => {
      const bad = [
        "state=lost",
        "limit=0",
        "limit=201",
        "limit=x",
        "limit=1&limit=2",
        "page=2",
        "cursor=",
      ];
      for (const query of bad) {
        const reply = await call("GET", `${rounds}?${query}`);
        assert.equal(reply.status, 400, query);
        assert.equal(reply.body.code, "malformed", query);
      }
    });

    it("paths that are none, and methods that a path does not have", async () => {
      for (const path of [
        "/",
        "/games",
        "/games/other",
        "/games/flip/",
        "/games/Flip",
        `${rounds}/`,
        "/games/flip/rounds/x/y",
      ]) {
        const reply = await call("GET", path);
        assert.equal(reply.status, 404, path);
        assert.equal(reply.body.code, "not_found");
      }
      const reply = await call("DELETE", rounds);
      assert.equal(reply.status, 405);
      assert.equal(reply.body.code, "method_not_allowed");
      assert.deepEqual(reply.headers.get("allow")?.split(", ").sort(), [
        "GET",
        "HEAD",
        "OPTIONS",
        "POST",
      ]);
    });

    it("what is not HTTP, and targets that are no address", async () => {
      assert.match(
        await bytes(app.url, "hello\r\n\r\n"),
        /^HTTP\/1.1 400 [\s\S]*"code":"malformed"/,
      );
      for (const target of ["http://[::1", "//", "/%", "/games/flip/rounds/%ff"]) {
        const answer = await bytes(
          app.url,
          `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
        );
        assert.match(answer, /^HTTP\/1.1 40[014] /, target);
      }
    });
  });

  it("passes refusals on with all that they tell", async () => {
    answers = {
      place: async () => ({ refused: "round_open", round: roundId, detail: "one at a time" }),
    };
    const open = await place(bet);
    assert.equal(open.status, 409);
    assert.equal(open.body.round, roundId);
    assert.equal(open.body.detail, "one at a time");
    answers = { place: async () => ({ refused: "payout_limit", retryAfter: 30 }) };
    const limited = await place(bet);
    assert.equal(limited.status, 429);
    assert.equal(limited.headers.get("retry-after"), "30");
  });

  it("hands on what the request says, as it is typed", async () => {
    const seen: unknown[] = [];
    answers = {
      list: async (...args) => {
        seen.push(args);
        return { items: [], next: null };
      },
      act: async (args) => {
        seen.push({ ...args, requestHash: args.requestHash.length });
        return { refused: "version_conflict" };
      },
    };
    await call("GET", `${rounds}?state=open&limit=7&cursor=abc`);
    await call("GET", rounds);
    const action = { type: "reveal", tile: 3 };
    await call("POST", `${rounds}/${roundId}/actions`, { json: { version: 2, action }, key: "k2" });
    assert.deepEqual(seen, [
      ["ann", { state: "open", limit: 7, cursor: "abc" }],
      ["ann", { limit: 50 }],
      { player: "ann", round: roundId, key: "k2", requestHash: 32, version: 2, action },
    ]);
  });

  it("hashes a body by its content, with route and round", async () => {
    const hashes: string[] = [];
    const hear = (request: { requestHash: Buffer }) =>
      hashes.push(request.requestHash.toString("hex"));
    answers = {
      place: async (request) => {
        hear(request);
        return { created: sampleRound };
      },
      act: async (request) => {
        hear(request);
        return { round: sampleRound };
      },
    };
    await call("POST", rounds, { raw: JSON.stringify(bet), key: "k" });
    await call("POST", rounds, {
      raw: '{ "bet": {"side": "heads"}, "currency": "USD", "stake": "1.00" }',
      key: "k",
    });
    await place({ ...bet, stake: "2.00" });
    for (const id of ["r1", "r2"]) {
      await call("POST", `${rounds}/${id}/actions`, {
        json: { version: 1, action: { type: "x" } },
        key: "k",
      });
    }
    assert.equal(hashes[0], hashes[1]);
    assert.equal(new Set(hashes).size, 4);
  });

  it("answers 503 with Retry-After while the database is away", async () => {
    const away = async () => {
      throw new DatabaseAway("gone");
    };
    answers = { place: away, list: away, current: away };
    for (const reply of [
      await place(bet),
      await call("GET", rounds),
      await call("GET", "/games/flip/fairness"),
    ]) {
      assert.equal(reply.status, 503);
      assert.equal(reply.body.code, "unavailable");
      assert.ok(Number(reply.headers.get("retry-after")) > 0);
    }
  });

  it("answers a fault with a name that the log knows, and shows nothing of it", async () => {
    answers = {
      get: async () => {
        throw new Error("relation secrets does not exist");
      },
    };
    const reply = await call("GET", `${rounds}/${roundId}`);
    assert.equal(reply.status, 500);
    assert.equal(reply.body.code, "internal_error");
    assert.ok(!reply.text.includes("relation"));
    assert.ok(
      app.log.some((line) => line.includes(reply.body.instance) && line.includes("relation")),
    );
  });

  it("answers HEAD without a body and OPTIONS with what is allowed", async () => {
    answers = {};
    const head = await call("HEAD", "/games/flip");
    assert.equal(head.status, 200);
    assert.equal(head.text, "");
    const options = await app.call("OPTIONS", rounds);
    assert.equal(options.status, 204);
    assert.match(options.headers.get("allow") ?? "", /POST/);
  });

  it("asks to close connections while it drains, and answers on them", async () => {
    app.lifecycle.drain();
    const reply = await place(bet);
    assert.equal(reply.status, 201);
    assert.equal(reply.headers.get("connection"), "close");
  });

  it("counts requests by route, never by path", async () => {
    const text = await app.registry.metrics();
    assert.match(text, /pitboss_http_request_seconds_count\{.*route="\/games\/flip\/rounds\/:id"/);
    assert.ok(!text.includes(roundId));
    for (const [, name] of text.matchAll(/^# HELP (\S+)/gm)) assert.match(name ?? "", /^pitboss_/);
  });

  it("refuses more requests at once than it can serve, with 429", async () => {
    const small = await testApp(
      gameRoutes(
        sampleGame({
          get: () => new Promise((resolve) => setTimeout(() => resolve(sampleRound), 100)),
        }),
      ),
      issuer,
      { inFlightMax: 2 },
    );
    others.push(small);
    const replies = await Promise.all(
      Array.from({ length: 5 }, () => small.call("GET", `${rounds}/${roundId}`, { token })),
    );
    assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 200, 429, 429, 429]);
    assert.ok(replies.every(({ status, headers }) => status === 200 || headers.has("retry-after")));
  });
});
