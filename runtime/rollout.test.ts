import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "mocha";
import { verify } from "../games/fairness.ts";
import { toText } from "../games/fraction.ts";
import type { Json } from "../games/game.ts";
import { type Compiled, compile } from "../games/play.ts";
import { type Figures, prove } from "../games/prove.ts";
import { retireRevisions, saveCatalogue } from "../operator/database/catalogue.ts";
import { saveProof } from "../operator/database/proofs.ts";
import { openRevisions } from "../operator/game/accepted.ts";
import { type TestDatabase, testDatabase } from "../test/harness/database.ts";
import {
  created,
  hashOf,
  type ListedGame,
  listedGame,
  moved,
  placeRequest,
  usd,
} from "../test/harness/game.ts";
import { gameRoutes } from "./routes/index.ts";
import { type TestIssuer, testApp, testIssuer } from "./testing.ts";
import type { OpenGame, RoundView } from "./types.ts";

const bet = { mines: 1 };

/** Mines as it was at first, and as it is rolled out. */
function revisionOf(game: ListedGame, config: Json): Compiled {
  const compiled = compile(game.compiled.engine, config);
  if ("problems" in compiled) throw new Error(JSON.stringify(compiled.problems));
  return compiled;
}

describe("a rollout", () => {
  let database: TestDatabase;
  let issuer: TestIssuer;
  let game: ListedGame;
  let first: Compiled;
  let next: Compiled;
  let old: OpenGame;
  const figures = new Map<string, Figures>();
  let young: OpenGame;
  let app: Awaited<ReturnType<typeof testApp>>;

  before(async () => {
    database = await testDatabase();
    issuer = await testIssuer();
    game = await listedGame(database, "mines", {}, { openTimeout: "1 hour" });
    first = game.compiled;
    next = revisionOf(game, { tiles: 25, edge: "0.02" });
    await proven(first);
    old = await game.pod();
  });
  after(async () => {
    await app?.stop();
    await game.close();
    await database.drop();
  });

  /** As the operator keeps the proof of a revision. */
  async function proven({ engine, config, revision, prepared }: Compiled): Promise<void> {
    const terms = { currency: "USD", digits: 2, min: 25n, max: 10_000n, step: 25n };
    const proof = prove({
      ...{ engine: engine.name, config, returnToPlayer: { min: "0" } },
      stakes: [{ ...terms, maxPayout: 1_000_000n }],
    });
    if (proof.figures) figures.set(revision, proof.figures);
    await saveProof(database.db, {
      ...{ revision, engine: engine.name, engineVersion: engine.version, config },
      ...{ engineDigest: "test", maxMultiplier: toText(engine.maxMultiplier(prepared)) },
      proof: proof.figures as unknown as Json,
    });
  }

  async function rollOut({ engine, config, revision }: Compiled): Promise<void> {
    const { name, namespace, uid } = game;
    await saveCatalogue(database.db, {
      ...{ name, namespace, uid, engine: engine.name, engineVersion: engine.version, config },
      ...{ title: name, revision, state: "Active", stakes: [usd], openTimeoutSeconds: 3600 },
      ...{ returns: [] as never, path: `/games/${name}`, ready: true },
    });
  }

  const place = async (pod: OpenGame, player: string) =>
    created(await pod.rounds.place(placeRequest(player, bet)));

  async function act(pod: OpenGame, round: RoundView, action: Json): Promise<RoundView> {
    const key = randomBytes(8).toString("hex");
    const { player, id, version } = round;
    const request = { player, round: id, key, requestHash: hashOf(action), version, action };
    return moved(await pod.rounds.act(request));
  }

  /** An open round of a new player with one safe tile. */
  async function opened(pod: OpenGame): Promise<RoundView> {
    for (;;) {
      const round = await place(pod, await game.player());
      const after = await act(pod, round, { type: "reveal", tile: 0 });
      if (after.state === "open") return after;
    }
  }

  async function provenBy(pod: OpenGame, { player, id }: RoundView, compiled: Compiled) {
    const rotated = await pod.pairs.rotate(player, randomBytes(4).toString("hex"));
    assert.ok("revealed" in rotated, JSON.stringify(rotated));
    const proof = await pod.rounds.proof(player, id);
    assert.deepEqual(verify(proof as Json), { ok: true, problems: [] });
    const { revision, config } = proof as { revision: string; config: Json };
    assert.deepEqual([revision, config], [compiled.revision, compiled.config]);
  }

  it("lets the new pods finish what the old ones began, by the old rules", async () => {
    const rounds = [await opened(old), await opened(old), await opened(old)];
    const [one, two, three] = rounds as [RoundView, RoundView, RoundView];
    await proven(next);
    await rollOut(next);
    young = await game.pod({ compiled: next });
    const served = { ...young, game: game.name, compiled: next };
    app = await testApp(gameRoutes(served), issuer);

    // While it lasts, each pod plays its own revision, and both move any round on.
    const during = await act(young, one, { type: "cashOut" });
    assert.deepEqual([during.revision, during.payout], [first.revision, 103n]);
    await provenBy(young, during, first);
    assert.equal((await place(old, await game.player())).revision, first.revision);
    const newer = await act(old, await opened(young), { type: "cashOut" });
    assert.deepEqual([newer.revision, newer.payout], [next.revision, 102n]);
    await provenBy(old, newer, next);

    // After it the old one is played no more, and its rounds go on.
    await retireRevisions(database.db, game.name, []);
    const late = await old.rounds.place(placeRequest(await game.player(), bet));
    assert.equal("refused" in late && late.refused, "revision_retired");
    await old.stop();
    assert.ok((await openRevisions(database.db, game.name)).includes(first.revision));
    const done = await act(young, two, { type: "cashOut" });
    assert.deepEqual([done.revision, done.payout], [first.revision, 103n]);
    await provenBy(young, done, first);

    // What is left ends by the old rules as well.
    const { schema, operator } = game;
    await operator.query(
      `UPDATE "${schema}".open_rounds SET created_at = created_at - interval '1 day'`,
    );
    await operator.query(
      `UPDATE "${schema}".rounds SET created_at = created_at - interval '1 day' WHERE state = 'open'`,
    );
    assert.ok((await young.sweep()) >= 1);
    const left = await young.rounds.get(three.player, three.id);
    assert.ok(!("refused" in left) && left.state === "settled");
    await provenBy(young, left, first);
    assert.deepEqual(await openRevisions(database.db, game.name), []);
  });

  it("leaves each revision to be looked up, for as long as there is a round of it", async () => {
    const get = (revision: string) => app.call("GET", `/games/${game.name}/revisions/${revision}`);
    for (const { revision, config, engine } of [first, next]) {
      const { status, body, headers } = await get(revision);
      assert.equal(status, 200);
      assert.deepEqual([body.revision, body.config], [revision, config]);
      assert.deepEqual([body.engine, body.engineVersion], [engine.name, engine.version]);
      const { rtp } = figures.get(revision)?.returns[0] ?? {};
      assert.equal(body.returns[0].rtp, rtp);
      assert.ok(headers.get("etag"));
    }
    const foreign = revisionOf(game, { tiles: 9 });
    await proven(foreign);
    for (const none of [foreign.revision, "0".repeat(16), "x"]) {
      const { status, body } = await get(none);
      assert.deepEqual([status, body.code], [404, "not_found"]);
      assert.match(body.detail, /take the `revision` of a round/);
    }
    // Once the counters are folded too.
    const sql = `UPDATE pitboss.counters SET minute = minute - interval '1 hour' WHERE game = $1`;
    await game.operator.query(sql, [game.name]);
    await game.operator.query(`SELECT pitboss.fold_counters($1)`, [game.name]);
    const again = await game.pod({ compiled: next });
    assert.ok(await again.revision(first.revision));
    await again.stop();
  });
});
