import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { after, before, describe, it } from "mocha";
import { saveCatalogue, setDeleting, setState } from "../operator/database/catalogue.ts";
import { saveProof } from "../operator/database/proofs.ts";
import { Database } from "../runtime/database.ts";
import { createLogger } from "../runtime/log.ts";
import { openApiDocument } from "../runtime/openapi.schema.ts";
import { type TestIssuer, testApp, testIssuer } from "../runtime/testing.ts";
import { type MountedSecret, mountSecret } from "../runtime/testing-secret.ts";
import { type TestDatabase, testDatabase } from "../test/harness/database.ts";
import { Cashier } from "./cashier/cashier.ts";
import { Catalogue } from "./catalogue.ts";
import { Jackpots } from "./jackpots/jackpots.ts";
import { lobbyRoutes } from "./routes/index.ts";
import { Voids } from "./voids.ts";

const silent = createLogger("error", {}, { write: () => undefined });

describe("lobby", () => {
  let platform: TestDatabase;
  let secret: MountedSecret;
  let database: Database;
  let catalogue: Catalogue;
  let issuer: TestIssuer;
  let app: Awaited<ReturnType<typeof testApp>>;
  let backEnd: string;
  before(async () => {
    platform = await testDatabase();
    secret = await mountSecret(platform.lobbyUrl);
    const { directory } = secret;
    database = await Database.open({ directory, connections: 3, application: "lobby test" });
    catalogue = new Catalogue(database, silent);
    await catalogue.start();
    issuer = await testIssuer();
    backEnd = await issuer.token("back end", { scope: "cashier" });
    const jackpots = new Jackpots({ database, log: silent });
    const cashier = new Cashier({ database, log: silent, target: "", tlsDir: "" });
    const voids = new Voids({ database, log: silent });
    app = await testApp(
      lobbyRoutes({ database, catalogue, jackpots, cashier, voids, log: silent }),
      issuer,
    );
  });
  after(async () => {
    await app?.stop();
    await catalogue?.stop();
    await database?.stop();
    await platform?.drop();
    await secret?.remove();
  });

  const wallet = async (player: string) => {
    const reply = await app.call("GET", "/wallet", { token: await issuer.token(player) });
    assert.equal(reply.status, 200, reply.text);
    return reply.body.balances;
  };
  const transfer = (body: object, token = backEnd) =>
    app.call("POST", "/wallet/transfers", { token, json: body });
  const deposit = (player: string, amount: string, reference: string = randomUUID()) =>
    transfer({ player, currency: "USD", amount, reference });

  describe("wallet", () => {
    it("is empty for a player who never came", async () => {
      assert.deepEqual(await wallet("nobody"), []);
    });

    it("holds what the cashier credits and debits, with the digits of each currency", async () => {
      const created = await deposit("ann", "25.00", "ref-ann-1");
      assert.equal(created.status, 201, created.text);
      assert.equal(created.body.amount, "25.00");
      assert.equal(created.body.balance, "25.00");
      assert.equal((await deposit("ann", "-5.5")).body.balance, "19.50");
      const ether = { player: "ann", currency: "ETH", reference: randomUUID() };
      await transfer({ ...ether, amount: "0.000000000000000001" });
      await transfer({ player: "ann", currency: "JPY", amount: "300", reference: randomUUID() });
      assert.deepEqual(await wallet("ann"), [
        { currency: "ETH", balance: "0.000000000000000001" },
        { currency: "JPY", balance: "300" },
        { currency: "USD", balance: "19.50" },
      ]);
    });

    it("moves money once for each reference, however often and at once it is asked", async () => {
      const reference = randomUUID();
      const replies = await Promise.all(
        Array.from({ length: 8 }, () => deposit("bea", "10.00", reference)),
      );
      const statuses = replies.map(({ status }) => status).sort();
      assert.deepEqual(statuses, [200, 200, 200, 200, 200, 200, 200, 201]);
      assert.equal(new Set(replies.map(({ body }) => body.id)).size, 1);
      assert.deepEqual(await wallet("bea"), [{ currency: "USD", balance: "10.00" }]);
    });

    it("refuses the same reference with other content", async () => {
      const body = { player: "cat", currency: "USD", amount: "1.00", reference: randomUUID() };
      assert.equal((await transfer(body)).status, 201);
      for (const change of [{ amount: "2.00" }, { player: "dan" }, { currency: "EUR" }]) {
        const reply = await transfer({ ...body, ...change });
        assert.equal(reply.status, 422);
        assert.equal(reply.body.code, "idempotency_mismatch");
      }
      assert.equal((await transfer({ ...body, amount: "1" })).status, 200);
      assert.deepEqual(await wallet("cat"), [{ currency: "USD", balance: "1.00" }]);
    });

    it("refuses a debit beyond the balance, which stores nothing", async () => {
      await deposit("eve", "5.00");
      const reference = randomUUID();
      const reply = await deposit("eve", "-5.01", reference);
      assert.equal(reply.status, 402);
      assert.equal(reply.body.code, "insufficient_funds");
      await deposit("eve", "1.00");
      assert.equal((await deposit("eve", "-5.01", reference)).status, 201);
      assert.equal((await deposit("nobody-yet", "-1.00")).status, 402);
    });

    const body = { player: "fay", currency: "USD", amount: "1.00", reference: "r" };
    const wrong: [string, object, string][] = [
      ["an amount of nothing", { amount: "0.00" }, "/amount"],
      ["too many decimals", { amount: "1.001" }, "/amount"],
      ["an amount beyond all bounds", { amount: `1${"0".repeat(36)}` }, "/amount"],
      ["an amount beyond the ledger", { amount: `1${"0".repeat(50)}` }, "/amount"],
      ["a number", { amount: 1 }, "/amount"],
      ["a plus sign", { amount: "+1.00" }, "/amount"],
      ["an unknown currency", { currency: "XXX" }, "/currency"],
      ["no player", { player: "" }, "/player"],
      ["a player with a line break", { player: "a\nb" }, "/player"],
      ["a long reference", { reference: "r".repeat(256) }, "/reference"],
      ["an unknown field", { note: "hi" }, "/note"],
    ];
    for (const [name, change, pointer] of wrong) {
      it(`refuses ${name} with 422 and the pointer`, async () => {
        const reply = await transfer({ ...body, ...change });
        assert.equal(reply.status, 422, reply.text);
        assert.equal(reply.body.pointer, pointer);
      });
    }

    it("lets only a cashier transfer", async () => {
      const reply = await transfer(body, await issuer.token("fay", { scope: "play cashiers" }));
      assert.equal(reply.status, 403);
      assert.equal(reply.body.code, "forbidden");
      assert.match(reply.headers.get("www-authenticate") ?? "", /insufficient_scope/);
      assert.equal((await app.call("POST", "/wallet/transfers", { json: body })).status, 401);
    });

    it("never answers absurd transfers with a fault, and always says which field", async () => {
      const absurd = fc.record(
        {
          player: fc.anything(),
          currency: fc.oneof(fc.constant("USD"), fc.anything()),
          amount: fc.oneof(fc.constant("1.00"), fc.anything()),
          reference: fc.anything(),
        },
        { requiredKeys: [] },
      );
      await fc.assert(
        fc.asyncProperty(fc.oneof(absurd, fc.jsonValue()), async (json) => {
          const text = JSON.stringify(json, (_, value) =>
            typeof value === "bigint" ? String(value) : value,
          );
          const reply = await app.call("POST", "/wallet/transfers", {
            token: backEnd,
            raw: text ?? "",
          });
          assert.ok(reply.status >= 200 && reply.status < 500, reply.text);
          if (reply.status === 422) assert.equal(typeof reply.body.pointer, "string");
        }),
        { numRuns: 150 },
      );
    });
  });

  describe("entries", () => {
    it("are the player's own, newest first, in pages", async () => {
      const token = await issuer.token("gus");
      for (const amount of ["1.00", "2.00", "3.00", "-1.50", "4.00"]) await deposit("gus", amount);
      const seen: string[] = [];
      let cursor: string | null = "";
      while (cursor !== null) {
        const from: string = cursor === "" ? "" : `&cursor=${cursor}`;
        const page = await app.call("GET", `/wallet/entries?limit=2${from}`, { token });
        assert.equal(page.status, 200, page.text);
        seen.push(...page.body.items.map((entry: { amount: string }) => entry.amount));
        cursor = page.body.next;
      }
      assert.deepEqual(seen, ["4.00", "-1.50", "3.00", "2.00", "1.00"]);
      const other = await app.call("GET", "/wallet/entries", { token: await issuer.token("hal") });
      assert.deepEqual(other.body, { items: [], next: null });
    });

    it("refuse a cursor that is none", async () => {
      const token = await issuer.token("gus");
      const reply = await app.call("GET", "/wallet/entries?cursor=abc", { token });
      assert.equal(reply.status, 400);
      assert.equal(reply.body.code, "invalid_cursor");
    });
  });

  describe("catalogue", () => {
    const revision = "0123456789abcdef";
    const limits = { currency: "USD", digits: 2 };
    async function publish(): Promise<string> {
      const { name, namespace, uid } = await platform.provision();
      const config = { multiplier: "1.98" };
      const engine = { engine: "coin-flip", engineVersion: "1.0.0", config, revision };
      const proof = { engineDigest: "d", maxMultiplier: "99/50", proof: {} };
      await saveProof(platform.db, { ...engine, ...proof });
      await saveCatalogue(platform.db, {
        ...{ name, namespace, uid, title: "Flip", path: `/games/${name}` },
        ...{ ...engine, state: "Active", ready: true, openTimeoutSeconds: 86_400 },
        stakes: [{ ...limits, min: "25", max: "10000", step: "25", maxPayout: "1000000" }],
        returns: [
          { bet: { on: "a" }, rtp: "49/50", decimal: "0.98" },
          { bet: { on: "b" }, rtp: "97/100", decimal: "0.97" },
          { bet: { on: "c" }, side: true, rtp: "1/2", decimal: "0.5" },
        ],
      });
      return name;
    }
    async function listed(name: string, is: (item?: { state: string }) => boolean) {
      const until = Date.now() + 5_000;
      for (;;) {
        const { body, text } = await app.call("GET", "/games");
        const item = body.items.find((entry: { name: string }) => entry.name === name);
        if (is(item)) return item;
        assert.ok(Date.now() < until, text);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }

    it("lists games with returns and limits, follows their state, and forgets them", async () => {
      const name = await publish();
      const item = await listed(name, (entry) => entry !== undefined);
      assert.deepEqual(item, {
        ...{ name, title: "Flip", engine: "coin-flip", revision, state: "Active" },
        ready: true,
        rtp: { min: "97/100", max: "49/50" },
        limits: [{ ...limits, min: "0.25", max: "100.00", step: "0.25", maxPayout: "10000.00" }],
        path: `/games/${name}`,
      });
      await setState(platform.db, name, "Suspended");
      await listed(name, (entry) => entry?.state === "Suspended");
      await setDeleting(platform.db, name);
      await listed(name, (entry) => entry === undefined);
    });
  });

  it("documents itself in OpenAPI 3.1", async () => {
    const { body } = await app.call("GET", "/openapi.json");
    const documented = Object.keys(body.paths).sort();
    const check = new Ajv2020({ strict: false, validateFormats: false }).compile(openApiDocument);
    assert.ok(check(body), JSON.stringify(check.errors));
    const paths = [
      ...["/games", "/jackpots", "/jackpots/stream"],
      ...[
        "/jackpots/{namespace}/{name}/wins/{id}/proof",
        "/openapi.json",
        "/voids",
        "/wallet",
        "/wallet/deposits",
        "/wallet/deposits/addresses",
      ],
      ...["/wallet/entries", "/wallet/transfers", "/wallet/withdrawals"],
    ];
    assert.deepEqual(documented, paths);
  });
});
