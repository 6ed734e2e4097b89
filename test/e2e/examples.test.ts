import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import type { Platform } from "./platform.ts";
import { platform } from "./platform.ts";
import { Player } from "./player.ts";

describe("the example Games", function () {
  this.timeout(300_000);
  let pitboss: Platform;
  let player: Player;

  before(async () => {
    pitboss = await platform();
    player = await Player.arrive(pitboss);
  });

  it("are all Ready and say so in one line each", async () => {
    const table = await pitboss.kubectl.run(["get", "games", "-n", "casino"]);
    for (const game of ["coin-flip", "dice", "mines"]) {
      assert.match(table, new RegExp(`${game}\\s+${game}\\s+\\S+%\\s+Active\\s+True\\s+Ready`));
    }
  });

  it("play dice at the odds that the bet names", async () => {
    const reply = await player.bet("dice", {
      stake: "1.00",
      currency: "USD",
      bet: { over: "50.49" },
    });
    assert.equal(reply.status, 201, JSON.stringify(reply.body));
    assert.match(String(reply.body.outcome["roll"]), /^\d{1,2}\.\d{2}$/);
  });

  it("play mines step by step and never show a mine before the end", async () => {
    const opened = await player.bet("mines", { stake: "1.00", currency: "USD", bet: { mines: 1 } });
    assert.equal(opened.status, 201, JSON.stringify(opened.body));
    assert.equal(opened.body.state, "open");
    assert.equal(opened.body.outcome["mines"], undefined);
    const again = await player.bet("mines", { stake: "1.00", currency: "USD", bet: { mines: 1 } });
    assert.equal(again.status, 409);
    let round = (await player.act("mines", opened.body, { type: "reveal", tile: 0 })).body;
    if (round.state === "open") {
      const stale = await player.act("mines", opened.body, { type: "reveal", tile: 1 });
      assert.equal(stale.status, 409);
      round = (await player.act("mines", round, { type: "cashOut" })).body;
    }
    assert.equal(round.state, "settled");
    assert.ok(Array.isArray(round.outcome["mines"]));
  });

  it("are described by OpenAPI documents", async () => {
    for (const path of ["/openapi.json", "/games/mines/openapi.json"]) {
      const answer = await fetch(pitboss.url + path);
      assert.equal(answer.status, 200, path);
      assert.match(((await answer.json()) as { openapi: string }).openapi, /^3\.1\./);
    }
  });
});
