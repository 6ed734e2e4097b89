import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { before, describe, it } from "mocha";
import { audit } from "./books.ts";
import type { Platform } from "./platform.ts";
import { platform } from "./platform.ts";
import { Player, type Round } from "./player.ts";
import { verifyOffline } from "./verify-offline.ts";

interface Entry {
  id: string;
  round: string;
  was: string;
  amount: string;
  balance: { before: string; after: string };
  reason: string;
  by: string;
  reference: string;
}

interface Problem {
  code: string;
  pointer?: string;
}

describe("voided rounds, through the gateway", function () {
  this.timeout(300_000);
  let pitboss: Platform;
  let admin: Player;

  before(async () => {
    pitboss = await platform();
    admin = await Player.caller(pitboss, "adam", "administrator");
  });

  function bodyFor({ game, id }: Round) {
    return { game, round: id, reason: "a wrong display", reference: randomUUID() };
  }

  it("give a settled round's money back, and leave its proof as it was", async () => {
    const ann = await Player.arrive(pitboss, "1000.00");
    const bet = { stake: "1.00", currency: "USD", bet: { over: "50.50" } };
    const round = (await ann.bet("dice", bet)).body;
    const body = bodyFor(round);
    const made = await admin.call<Entry>("POST", "/voids", { body });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const { was, by, reason, reference, balance } = made.body;
    assert.deepEqual([was, by, reason], ["settled", "adam", body.reason]);
    assert.equal(reference, body.reference);
    assert.equal(balance.after, "1000.00");
    assert.equal(await ann.balance(), "1000.00");
    assert.equal((await admin.call("POST", "/voids", { body })).status, 200);
    const again = await admin.call<Problem>("POST", "/voids", { body: bodyFor(round) });
    assert.deepEqual([again.status, again.body.code], [409, "round_voided"]);

    const path = `/games/dice/rounds/${round.id}`;
    const seen = (await ann.call<Round>("GET", path)).body;
    assert.deepEqual(
      [seen.state, seen.payout, seen.outcome],
      ["voided", round.payout, round.outcome],
    );
    const record = await ann.call<{ status: string; voided: { reason: string } }>(
      "GET",
      `${path}/record`,
    );
    assert.deepEqual([record.body.status, record.body.voided.reason], ["voided", body.reason]);
    await ann.call("POST", "/games/dice/fairness/rotate", { body: { clientSeed: "anns-next" } });
    assert.equal(await verifyOffline((await ann.call("GET", `${path}/proof`)).body), 0);
  });

  it("give an open round's stake back, and end it", async () => {
    const bob = await Player.arrive(pitboss, "1000.00");
    const bet = { stake: "1.00", currency: "USD", bet: { mines: 3 } };
    const round = (await bob.bet("mines", bet)).body;
    assert.equal((await bob.bet("mines", bet)).status, 409);
    const made = await admin.call<Entry>("POST", "/voids", { body: bodyFor(round) });
    assert.deepEqual([made.status, made.body.was, made.body.amount], [201, "open", "1.00"]);
    assert.equal(await bob.balance(), "1000.00");
    const acted = await bob.act("mines", round, { type: "reveal", tile: 0 });
    assert.deepEqual([acted.status, codeOf(acted)], [409, "round_settled"]);
    const next = await bob.bet("mines", bet);
    assert.equal(next.status, 201);
    const listed = await bob.call<{ items: Round[] }>("GET", "/games/mines/rounds?state=voided");
    assert.deepEqual(
      listed.body.items.map(({ id }) => id),
      [round.id],
    );
    const proof = await bob.call("GET", `/games/mines/rounds/${round.id}/proof`);
    assert.deepEqual([proof.status, codeOf(proof)], [409, "round_voided"]);
    const voided = await admin.call<Entry>("POST", "/voids", { body: bodyFor(next.body) });
    assert.equal(voided.status, 201);
  });

  it("are told by the journal, to administrators alone", async () => {
    const eve = await Player.arrive(pitboss, "10.00");
    const cashier = await Player.caller(pitboss, "cashier", "cashier");
    const round = (
      await eve.bet("dice", { stake: "1.00", currency: "USD", bet: { over: "50.50" } })
    ).body;
    for (const caller of [eve, cashier]) {
      const refused = await caller.call("POST", "/voids", { body: bodyFor(round) });
      assert.deepEqual([refused.status, codeOf(refused)], [403, "forbidden"]);
      assert.equal((await caller.call("GET", "/voids")).status, 403);
    }
    const body = bodyFor(round);
    const { id } = (await admin.call<Entry>("POST", "/voids", { body })).body;
    const page = await admin.call<{ items: Entry[] }>("GET", "/voids?game=dice&limit=5");
    assert.equal(page.body.items.find((entry) => entry.id === id)?.round, round.id);
  });

  // Only the local platform has development sessions, and lets a test look into the database.
  if (!process.env["PITBOSS_E2E_URL"]) {
    it("can be read with a development session that has the scope, and with no other", async () => {
      const statuses: [object, number][] = [
        [{ scope: "administrator" }, 200],
        [{ scope: "cashier administrator" }, 200],
        [{ scope: "cashier" }, 403],
        [{}, 403],
      ];
      for (const [more, status] of statuses) {
        const session = await fetch(`${pitboss.url}/dev/session`, {
          method: "POST",
          body: JSON.stringify({ player: "adam", ...more }),
        });
        const { token } = (await session.json()) as { token: string };
        const headers = { authorization: `Bearer ${token}` };
        const journal = await fetch(`${pitboss.url}/voids`, { headers });
        assert.equal(journal.status, status, JSON.stringify(more));
      }
    });

    it("leave the books in balance", async () => {
      for (const game of ["dice", "mines"]) {
        const books = await audit(pitboss.database ?? "", game);
        assert.deepEqual([books.wrongBalances, books.wrongRounds], [0, 0]);
        assert.ok(books.rounds > 0);
      }
    });
  }
});

function codeOf({ body }: { body: unknown }): unknown {
  return typeof body === "object" && body !== null && "code" in body ? body.code : undefined;
}
