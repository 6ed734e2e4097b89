import assert from "node:assert/strict";
import fc from "fast-check";
import { after, before, describe, it } from "mocha";
import type { Json } from "../../games/game.ts";
import { engines } from "../../games/index.ts";
import { parseAmount } from "../../games/money.ts";
import { absurdities } from "../../games/testing.ts";
import { type TestIssuer, type TestReply, testIssuer } from "../../runtime/testing.ts";
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

/** Each is a request over HTTP and a look at the player's balance. */
const requestsEach = 50;

/** A value in a document, as the keys that lead to it. */
type Path = readonly (string | number)[];

interface Mutation {
  /** Which of the values is hit, as a share of them. */
  readonly where: number;
  readonly how: "replace" | "remove" | "add" | "double" | "bury";
  readonly value: Json;
}

const buried = Array.from({ length: 100 }).reduce<Json>((inner) => [inner], 1);
const names = ["__proto__", "constructor", "toString", "hasOwnProperty", "extra", "stake", ""];

/** Of the right form, and yet wrong in most places. */
const near: readonly Json[] = [
  ...[0, 1, 2, 5, 8, 17, 24, 25, 26, 36, 37, 38, 40, 41, 100, 399],
  ...["0.00", "0.01", "1.00", "1.01", "1.005", "98.00", "98.01", "99.99", "100.00", "9999.99"],
  ...["1000000.00", "1000000.01", "99999999.99", "heads", "low", "red", "tie", "hold", "reveal"],
  ...[[1], [1, 1], [0, 37], [3, 2, 1], [true, true, true, true, true], [true, 1, 0, "", null]],
];

const values: readonly Json[] = [
  ...absurdities,
  ...["-0", "1e-37", "0.001", "0.005", "1.001", "9007199254740992", "Infinity", "\u0000", "\ud800"],
  ...[-2, 1e-37, 2 ** 31, 2 ** 53 + 2, 1e21, -1e300],
  ...["hasOwnProperty", "valueOf", "__defineGetter__", "heads\n", "ＨＥＡＤＳ"],
  buried,
  ...near,
];

const mutation: fc.Arbitrary<Mutation> = fc.record({
  where: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  how: fc.constantFrom("replace", "replace", "replace", "remove", "add", "double", "bury"),
  value: fc.oneof(
    { arbitrary: fc.constantFrom(...values), weight: 4 },
    { arbitrary: fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>, weight: 1 },
  ),
});

function* pathsIn(value: Json, at: Path = []): Generator<Path> {
  yield at;
  if (value === null || typeof value !== "object") return;
  for (const [key, inner] of Object.entries(value)) {
    yield* pathsIn(inner, [...at, Array.isArray(value) ? Number(key) : key]);
  }
}

function valueAt(value: Json, path: Path): Json {
  return path.reduce<Json>((inner, key) => (inner as { [key: string]: Json })[key] ?? null, value);
}

/** The document with another value at the path, and without it where there is none. */
function changed(value: Json, [key, ...rest]: Path, to: (old: Json) => Json | undefined): Json {
  if (key === undefined) return to(value) ?? null;
  const old = (value as { [key: string]: Json })[key] ?? null;
  const inner = rest.length > 0 ? changed(old, rest, to) : to(old);
  if (Array.isArray(value)) return value.flatMap((it, i) => (i !== key ? [it] : (inner ?? [])));
  return withField(value as object, String(key), inner);
}

/** By assignment the name __proto__ would set the prototype. */
function withField(object: object, name: string, value: Json | undefined): Json {
  const fields = Object.entries(object).filter(([it]) => it !== name);
  return Object.fromEntries(value === undefined ? fields : [...fields, [name, value]]);
}

/** The document with each of the values in each of its places. */
function* replaced(document: Json, under: string): Generator<Json> {
  for (const path of pathsIn(document)) {
    if (path[0] !== under) continue;
    for (const value of values) yield changed(document, path, () => value);
  }
}

function mutated(document: Json, under: string, { where, how, value }: Mutation): [Json, Path] {
  const paths = [...pathsIn(document)].filter(([top]) => top === under || under === "");
  const path = paths[Math.floor(where * paths.length)] ?? [];
  const old = valueAt(document, path);
  const name = names[Math.floor(where * 1000) % names.length] ?? "";
  const to = (): Json | undefined => {
    if (how === "remove") return undefined;
    if (how === "bury") return { [name]: old };
    if (how === "double" && Array.isArray(old)) return [...old, ...old];
    if (how === "add" && Array.isArray(old)) return [...old, value];
    if (how === "add" && old !== null && typeof old === "object") {
      return withField(old, name, value);
    }
    return value;
  };
  return [changed(document, path, to), path];
}

/** A pointer leads to a field of what was sent, or to one that it lacks. */
function leadsInto(body: Json, pointer: string): boolean {
  if (pointer === "") return true;
  const keys = pointer
    .slice(1)
    .split("/")
    .map((it) => it.replaceAll("~1", "/").replaceAll("~0", "~"));
  let at: Json = body;
  for (const key of keys.slice(0, -1)) {
    if (at === null || typeof at !== "object" || !Object.hasOwn(at, key)) return false;
    at = (at as { [key: string]: Json })[key] ?? null;
  }
  return pointer.startsWith("/") && at !== null && typeof at === "object";
}

/** A refusal is the caller's fault, and a 422 says of which field. */
function refused(reply: TestReply, sent: Json): void {
  const said = `${reply.status} ${reply.text} to ${JSON.stringify(sent).slice(0, 300)}`;
  assert.ok(reply.status >= 400 && reply.status < 500, said);
  assert.match(reply.headers.get("content-type") ?? "", /^application\/problem\+json/, said);
  assert.equal(typeof reply.body.code, "string", said);
  assert.ok(reply.text.length < 2000, said);
  if (reply.status !== 422) return;
  assert.equal(typeof reply.body.pointer, "string", said);
  assert.ok(leadsInto(sent, reply.body.pointer), said);
}

describe("absurd values", () => {
  let database: TestDatabase;
  let issuer: TestIssuer;
  before(async () => {
    database = await testDatabase();
    issuer = await testIssuer();
  });
  after(() => database?.drop());

  for (const engine of engines.keys()) {
    describe(`in ${engine}`, () => {
      let table: Table;
      let seat: Seat;
      /** What the seat has after the bets so far. */
      let balance: bigint;
      before(async () => {
        table = await openTable(database, issuer, engine);
        seat = await table.seat();
        balance = await seat.balance();
      });
      after(() => table?.close());

      /** Whether the rules and limits of the game themselves take this body. */
      function isLegal(body: Json): boolean {
        const { stake, currency, bet, ...rest } = body as { [field: string]: Json };
        const { clientSeed, serverSeedHash, ...unknown } = rest;
        assert.deepEqual([unknown, serverSeedHash, currency], [{}, undefined, "USD"]);
        assert.match(String(clientSeed ?? "none"), /^[A-Za-z0-9_-]{1,64}$/);
        const { min, max, step } = table.stakes;
        const terms = { amount: parseAmount(String(stake), 2) ?? assert.fail(), digits: 2 };
        const inLimits = terms.amount >= BigInt(min) && terms.amount <= BigInt(max);
        if (!inLimits || terms.amount % BigInt(step) !== 0n) return false;
        const { compiled } = table.listed;
        return compiled.checkBet(bet ?? null, { ...terms, step: BigInt(step) }).length === 0;
      }

      /** The same bet again, or one that is absurd somewhere: it is refused for nothing, or it is legal. */
      async function bets(body: Json, sent = JSON.stringify(body)): Promise<void> {
        const reply = await seat.post("/rounds", sent);
        if (reply.status !== 201) {
          refused(reply, body);
          assert.equal(await seat.balance(), balance, sent.slice(0, 300));
          return;
        }
        assert.ok(isLegal(JSON.parse(sent)), `taken: ${sent.slice(0, 300)}`);
        // Its round would stand in the way of the next.
        if (reply.body.state === "open") seat = await table.seat();
        balance = await seat.balance();
      }

      const valid = (requests[engine] ?? []).map(({ stake, bet }) => ({
        stake,
        currency: "USD",
        bet,
      }));
      const anyValid = fc.constantFrom(...valid);

      it("are not among the bets that are taken", async () => {
        for (const request of requests[engine] ?? []) await placed(await table.seat(), request);
      });

      it("are refused in every field of a bet", async () => {
        const property = fc.asyncProperty(anyValid, mutation, async (body, how) => {
          const [absurd, path] = mutated(body as Json, "bet", how);
          assert.equal(path[0], "bet");
          await bets(absurd);
        });
        await fc.assert(property, { numRuns: requestsEach });
      });

      it("are refused in every field of a bet, one by one", async () => {
        for (const absurd of valid.flatMap((body) => [...replaced(body as Json, "bet")])) {
          await bets(absurd);
        }
      });

      it("are refused in every field beside the bet, and twice in one request", async () => {
        const property = fc.asyncProperty(anyValid, mutation, mutation, async (body, one, two) => {
          await bets(mutated(mutated(body as Json, "", one)[0], "", two)[0]);
        });
        await fc.assert(property, { numRuns: requestsEach });
      });

      it("are refused where they are stakes", async () => {
        for (const body of valid) {
          for (const stake of ["0", "0.00", "-1.00", "0.01", "1.0000001", "9".repeat(38), "1e3"]) {
            const reply = await seat.post("/rounds", { ...body, stake });
            refused(reply, { ...body, stake } as Json);
            assert.equal(reply.body.pointer, "/stake", `${stake}: ${reply.text}`);
            assert.equal(await seat.balance(), balance);
          }
        }
      });

      it("are refused where they are no JSON", async () => {
        const [body] = valid;
        const { bet } = body ?? assert.fail();
        const whole = JSON.stringify(body);
        const inner = JSON.stringify(bet);
        for (const text of [
          "NaN",
          "-Infinity",
          "1e999",
          "{",
          "[".repeat(100_000),
          '{"a":1,"a":2}',
        ]) {
          await bets(null, whole.replace(inner, text));
        }
      });

      /** An open round of a player who has done nothing in it; one step games have only rounds that are over. */
      async function opened(): Promise<[Seat, Round]> {
        for (let tries = 0; tries < 30; tries++) {
          const request = requests[engine]?.[0] ?? assert.fail();
          const player = await table.seat();
          const round = await placed(player, request);
          if (round.state === "open" || table.listed.compiled.engine.actionSchema === null) {
            return [player, round];
          }
        }
        return assert.fail("no round stays open");
      }

      /** Whether the game's own rules take this action in the round as it is. */
      function isLegalAction(body: Json, round: Round): boolean {
        const { version, action } = body as { version: Json; action: { type: Json } };
        const offered = round.legalActions.some(({ type }) => type === action.type);
        const { compiled } = table.listed;
        return offered && version === round.version && compiled.checkAction(action).length === 0;
      }

      /** Says whether the round was left as it is. */
      async function acts(player: Seat, round: Round, body: Json): Promise<boolean> {
        const balance = await player.balance();
        const reply = await player.post(`/rounds/${round.id}/actions`, JSON.stringify(body));
        if (reply.status === 200) {
          assert.ok(isLegalAction(body, round), `taken: ${JSON.stringify(body).slice(0, 300)}`);
          return false;
        }
        refused(reply, body);
        assert.equal(await player.balance(), balance);
        const now: Round = (await player.get(`/rounds/${round.id}`)).body;
        // One that runs by the clock may have ended meanwhile.
        if (table.listed.compiled.engine.clock && now.state !== "open") return false;
        assert.deepEqual(now, round);
        return true;
      }

      it("are refused in every field of an action", async () => {
        let [player, round] = await opened();
        const anyPicks = fc.array(fc.nat(1000), { minLength: 8, maxLength: 8 });
        const property = fc.asyncProperty(anyPicks, mutation, async (picks, how) => {
          const left = [...picks];
          const pick = (n: number) => (left.pop() ?? 0) % n;
          const action = round.state === "open" ? legalAction(round, pick) : { type: "cashOut" };
          const body: Json = { version: round.version, action };
          const [absurd] = mutated(body, pick(4) === 0 ? "" : "action", how);
          if (!(await acts(player, round, absurd))) [player, round] = await opened();
        });
        await fc.assert(property, { numRuns: requestsEach });
      });

      // Rounds of one step take no action at all, whatever is in it.
      if (engines.get(engine)?.actionSchema === null) return;

      it("are refused in every field of an action, one by one", async () => {
        let [player, round] = await opened();
        const action = legalAction(round, () => 0);
        for (const absurd of replaced({ version: 0, action }, "action")) {
          const body = withField(absurd as object, "version", round.version);
          if (!(await acts(player, round, body))) [player, round] = await opened();
        }
      });
    });
  }
});
