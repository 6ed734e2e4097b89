import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "mocha";
import { verify } from "../games/fairness.ts";
import type { Json } from "../games/game.ts";
import { type TestDatabase, testDatabase } from "../test/harness/database.ts";
import {
  created,
  hashOf,
  type ListedGame,
  listedGame,
  moved,
  placeRequest,
} from "../test/harness/game.ts";
import type { OpenGame, RoundView } from "./types.ts";

type Proof = { [field: string]: Json };

describe("proofs", () => {
  let database: TestDatabase;
  let flips: ListedGame;
  let mines: ListedGame;
  let flipping: OpenGame;
  let mining: OpenGame;

  before(async () => {
    database = await testDatabase();
    flips = await listedGame(database, "coin-flip", { multiplier: "1.96" });
    mines = await listedGame(database, "mines", {}, { openTimeout: "0 seconds" });
    flipping = await flips.pod();
    mining = await mines.pod();
  });

  after(async () => {
    await Promise.all([flips.close(), mines.close()]);
    await database.drop();
  });

  async function proofOf(pod: OpenGame, round: RoundView): Promise<Proof> {
    const proof = await pod.rounds.proof(round.player, round.id);
    assert.ok(proof !== null && typeof proof === "object" && !("refused" in proof));
    return proof as Proof;
  }

  it("are refused while the seed is active, and verify offline once it is revealed", async () => {
    const player = await flips.player();
    const round = created(await flipping.rounds.place(placeRequest(player, { side: "tails" })));
    const early = await flipping.rounds.proof(player, round.id);
    assert.equal((early as { refused: string }).refused, "seed_active");
    const rotated = await flipping.pairs.rotate(player, "next");
    assert.ok("revealed" in rotated);
    const proof = await proofOf(flipping, round);
    assert.deepEqual(verify(proof), { ok: true, problems: [] });
    assert.equal(proof["serverSeed"], rotated.revealed.serverSeed);
    assert.equal(proof["clientSeedBy"], "house");
    assert.equal(proof["stake"], "1.00");
  });

  it("say that the player gave the client seed of a round", async () => {
    const player = await flips.player();
    const request = placeRequest(player, { side: "tails" }, { clientSeed: "mine" });
    const round = created(await flipping.rounds.place(request));
    await flipping.pairs.rotate(player, "next");
    const proof = await proofOf(flipping, round);
    assert.deepEqual(verify(proof), { ok: true, problems: [] });
    assert.deepEqual([proof["clientSeed"], proof["clientSeedBy"]], ["mine", "player"]);
  });

  it("hold every action of a round, with its version and by whom", async () => {
    const player = await mines.player();
    let round = created(await mining.rounds.place(placeRequest(player, { mines: 1 })));
    for (let tile = 0; tile < 3 && round.state === "open"; tile++) {
      const acted = await mining.rounds.act({
        ...{ player, round: round.id, key: randomBytes(8).toString("hex"), version: round.version },
        ...{ requestHash: hashOf(tile), action: { type: "reveal", tile } },
      });
      round = moved(acted);
    }
    await mining.sweep();
    await mining.pairs.rotate(player, "next");
    const proof = await proofOf(mining, round);
    assert.deepEqual(verify(proof), { ok: true, problems: [] });
    const actions = proof["actions"] as { version: number; by: string }[];
    assert.deepEqual(
      actions.map(({ version }) => version),
      actions.map((_, i) => i + 1),
    );
    assert.equal(actions[0]?.by, "player");
  });

  it("show what was changed after settlement, in whichever column", async () => {
    const changes = [
      "payout = 196 - payout",
      "stake = 50",
      "staked = 200",
      `bet = '{"side": "heads"}'`,
      `outcome = '{"side": "edge"}'`,
      "nonce = nonce + 1",
      "client_seed = 'other'",
      "currency = 'EUR'",
    ];
    for (const change of changes) {
      const player = await flips.player();
      const round = created(await flipping.rounds.place(placeRequest(player, { side: "tails" })));
      await flipping.pairs.rotate(player, "next");
      await flips.operator.query(`UPDATE "${flips.schema}".rounds SET ${change} WHERE id = $1`, [
        round.id,
      ]);
      assert.equal(verify(await proofOf(flipping, round)).ok, false, change);
    }
  });

  it("are a player's own", async () => {
    const player = await flips.player();
    const round = created(await flipping.rounds.place(placeRequest(player, { side: "tails" })));
    const asked = await flipping.rounds.proof(await flips.player(), round.id);
    assert.equal((asked as { refused: string }).refused, "not_found");
  });
});
