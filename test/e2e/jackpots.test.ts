import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { EventSource } from "../../lobby/jackpots/testing.ts";
import { until } from "../harness/until.ts";
import { coinFlipGame, heads } from "./games.ts";
import type { Platform } from "./platform.ts";
import { platform } from "./platform.ts";
import { Player, type Round } from "./player.ts";
import { verifyOffline } from "./verify-offline.ts";

const GAME = "jackpot-flip";
/** Won after twenty dollars at the latest, and won by every third dollar on average. */
const MUST = "e2e-must";
const DRAWN = "e2e-drawn";

const jackpot = (name: string, spec: object): object => ({
  ...{ apiVersion: "pitboss.dev/v1alpha1", kind: "Jackpot" },
  ...{ metadata: { name, namespace: "casino" }, spec: { currency: "USD", ...spec } },
});

const must = (change: object = {}) =>
  jackpot(MUST, {
    ...{ seed: "10", contribution: "0.1", ceiling: "12", trigger: { mustHitBy: "12" } },
    ...change,
  });
const drawn = (change: object = {}) =>
  jackpot(DRAWN, {
    ...{ seed: "5", contribution: "1/30", ceiling: "100", trigger: { oneIn: "3", per: "1.00" } },
    ...change,
  });

interface JackpotWin {
  name: string;
  amount: string;
  status: string;
}

type Won = Round & { jackpotWins: JackpotWin[] };

const cents = (amount: string): number => Math.round(Number(amount) * 100);

describe("jackpots, with kubectl and HTTP alone", function () {
  this.timeout(300_000);
  let pitboss: Platform;
  let ann: Player;
  let stream: EventSource;
  /** What Ann should have, in cents. */
  let expected = 100_000;

  before(async () => {
    pitboss = await platform();
    ann = await Player.arrive(pitboss, "1000.00");
    await pitboss.kubectl.apply(must(), drawn());
    await pitboss.kubectl.apply(
      coinFlipGame(GAME, { jackpots: [{ name: MUST }, { name: DRAWN }] }),
    );
    await pitboss.kubectl.wait(`game/${GAME}`, "condition=Ready", "casino");
    // No gateway has to have taken a route that is Ready: it may be the one that lags behind.
    await until("players get there", async () => (await fetch(`${pitboss.url}/games/${GAME}`)).ok);
    stream = await EventSource.open(`${pitboss.url}/jackpots/stream`);
    await stream.until("pools", 1);
  });

  after(async () => {
    stream.close();
    const { kubectl } = pitboss;
    await kubectl.run(["delete", "game", GAME, "-n", "casino", "--ignore-not-found"]);
    await kubectl.apply(must({ transferTo: { name: "mega" } }));
    await kubectl.run(["delete", "jackpot", MUST, "-n", "casino", "--timeout=60s"]);
  });

  const shown = async (name: string) => {
    const answer = await fetch(`${pitboss.url}/jackpots`);
    const { items } = (await answer.json()) as {
      items: { name: string; [field: string]: unknown }[];
    };
    const item = items.find((one) => one.name === name);
    assert.ok(item, `${name} is shown`);
    return item;
  };

  const condition = async (name: string, type: string) => {
    const { status } = await pitboss.kubectl.get("jackpot", name, "casino");
    return status?.conditions?.find((one) => one.type === type);
  };

  /** Ann plays until this jackpot is hers; answers the round and the win. */
  const playUntilWon = async (name: string): Promise<{ round: Won; win: JackpotWin }> => {
    const before = Number((await shown(name))["wins"]);
    for (let bets = 0; bets < 300; bets += 1) {
      const contributed = cents(String((await shown(MUST))["contributions"]));
      const { status, body } = await ann.betUntilAnswered(GAME, heads);
      assert.ok(status === 201 || status === 200, JSON.stringify(body));
      expected += cents(body.payout ?? "0") - 100;
      const round = await counted(body.id, contributed);
      expected += round.jackpotWins.reduce((sum, { amount }) => sum + cents(amount), 0);
      const win = round.jackpotWins.find((one) => one.name === name);
      if (win) {
        await until("its win is counted", async () => Number((await shown(name))["wins"]) > before);
        return { round, win };
      }
    }
    throw new Error(`${name} was not won`);
  };

  /** The round once the sequencer has been past it: nobody else feeds these jackpots. */
  const counted = async (id: string, before: number): Promise<Won> => {
    await until("the round is counted", async () => {
      return cents(String((await shown(MUST))["contributions"])) > before;
    });
    return until("its wins are paid", async () => {
      const { body } = await ann.call<Won>("GET", `/games/${GAME}/rounds/${id}`);
      return body.jackpotWins.every((one) => one.status === "paid") && body;
    });
  };

  it("are shown with pool, rules and the Games that feed them", async () => {
    const table = await pitboss.kubectl.run(["get", "jackpots", "-n", "casino"]);
    for (const name of ["mega", "lucky", MUST, DRAWN]) {
      assert.match(table, new RegExp(`${name} +USD +[0-9.]+ +\\d+ .*True +Ready`));
    }
    const item = await shown(MUST);
    assert.deepEqual(item["games"], [GAME]);
    assert.match(String(item["commitment"]), /^[0-9a-f]{64}$/);
    assert.match((item["rules"] as { funding: string }).funding, /1\/10 of every stake/);
    const game = await pitboss.kubectl.get("game", GAME, "casino");
    const { returnToPlayer } = game.status as { returnToPlayer: { jackpots: object } };
    assert.deepEqual(returnToPlayer.jackpots, [
      { currency: "USD", contribution: "2/15", total: "111.33%" },
    ]);
  });

  it("are won, paid to the winner's balance and told to everybody", async () => {
    const { round, win } = await playUntilWon(MUST);
    assert.ok(cents(win.amount) > 1_000 && cents(win.amount) <= 1_200, win.amount);
    const told = await until("the stream tells of it", async () =>
      stream.of("win").find(({ data }) => data.name === MUST),
    );
    assert.equal(told.data.amount, win.amount);
    assert.equal(told.data.game, GAME);
    await until("the balance has it", async () => cents(await ann.balance()) === expected);
    const entries = await ann.call<{ items: { kind: string; round: string; amount: string }[] }>(
      "GET",
      "/wallet/entries?limit=200",
    );
    assert.ok(
      entries.body.items.some(
        ({ kind, round: of, amount }) =>
          kind === "jackpot" && of === round.id && amount === win.amount,
      ),
      "the ledger names the round",
    );
  });

  it("prove their wins offline", async () => {
    const { lastWin } = (await shown(MUST)) as unknown as { lastWin: { proof: string } };
    const proof = (await (await fetch(pitboss.url + lastWin.proof)).json()) as object;
    assert.equal(await verifyOffline(proof), 0);
    assert.equal(await verifyOffline({ ...proof, amount: "999999" }), 1);
    const { round } = await playUntilWon(DRAWN);
    await ann.call("POST", `/games/${GAME}/fairness/rotate`, { body: { clientSeed: "anns-next" } });
    const own = await ann.call("GET", `/games/${GAME}/rounds/${round.id}/proof`);
    assert.equal(own.status, 200);
    const { jackpots } = own.body as { jackpots: { name: string; hits: boolean[] }[] };
    assert.deepEqual(jackpots.find(({ name }) => name === DRAWN)?.hits, [true]);
    assert.equal(await verifyOffline(own.body), 0);
  });

  it("miss nothing for a client that comes back", async () => {
    const { lastEventId } = stream;
    stream.close();
    await playUntilWon(MUST);
    const again = await EventSource.open(`${pitboss.url}/jackpots/stream`, {
      "last-event-id": lastEventId,
    });
    await again.until("win", 1);
    await until("the win is among them", async () =>
      again.of("win").some(({ data }) => data.name === MUST),
    );
    stream = again;
  });

  it("take changed terms after the next win, and say so till then", async () => {
    await pitboss.kubectl.apply(must({ contribution: "0.2" }));
    await pitboss.kubectl.wait(`jackpot/${MUST}`, "condition=TermsPending", "casino");
    assert.match(String((await condition(MUST, "TermsPending"))?.message), /after the next win/);
    // The status comes from the operator; each lobby pod sees it a moment later.
    await until("the lobby says so", async () => {
      const { terms, pendingTerms } = await shown(MUST);
      const next = pendingTerms as { contribution: string } | null;
      return (
        (terms as { contribution: string }).contribution === "1/10" && next?.contribution === "1/5"
      );
    });
    await playUntilWon(MUST);
    await until("they are in force", async () => {
      const { terms, pendingTerms } = await shown(MUST);
      return (terms as { contribution: string }).contribution === "1/5" && pendingTerms === null;
    });
    await stream.until("terms", 1);
  });

  it("are kept while a Game names them, and leave their money to another", async () => {
    const { kubectl } = pitboss;
    await kubectl.apply(drawn({ transferTo: { name: MUST } }));
    await kubectl.run(["delete", "jackpot", DRAWN, "-n", "casino", "--wait=false"]);
    const held = await until("it is in use", async () => {
      const said = await condition(DRAWN, "Deleting");
      return said?.reason === "InUse" && said;
    });
    assert.match(String(held.message), new RegExp(`${GAME} still names it`));
    await until("the Game says so", async () => {
      const game = await kubectl.get("game", GAME, "casino");
      return game.status?.conditions?.some(({ reason }) => reason === "JackpotDeleting");
    });
    const { pool, overflow } = await shown(DRAWN);
    await kubectl.apply(coinFlipGame(GAME, { jackpots: [{ name: MUST }] }));
    await kubectl.run([
      "wait",
      "--for=delete",
      `jackpot/${DRAWN}`,
      "-n",
      "casino",
      "--timeout=60s",
    ]);
    const left = cents(String(pool)) + cents(String(overflow));
    await until("the other has it", async () => {
      const got = cents(String((await shown(MUST))["overflow"]));
      return got >= left;
    });
  });

  it("balance to the last fraction", async () => {
    if (!pitboss.database) return;
    const { Client } = (await import("pg")).default;
    const client = new Client({ connectionString: pitboss.database });
    await client.connect();
    try {
      const { rows } = await client.query(
        "SELECT name, difference, uncounted FROM pitboss.jackpot_books WHERE difference <> 0 OR uncounted <> 0",
      );
      assert.deepEqual(rows, []);
    } finally {
      await client.end();
    }
    assert.equal(cents(await ann.balance()), expected);
  });
});
