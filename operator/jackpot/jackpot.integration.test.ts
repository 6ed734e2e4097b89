import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { jackpotsOf } from "../../test/harness/jackpot-objects.ts";
import { until } from "../../test/harness/until.ts";
import { games, jackpots, type Running, World } from "../../test/harness/world.ts";

describe("a Jackpot on a real API server and database", function () {
  this.timeout(60_000);
  let world: World;
  let running: Running;
  let on: ReturnType<typeof jackpotsOf>;

  before(async () => {
    world = await World.create();
    running = await world.start();
    on = jackpotsOf(world);
  });

  after(async () => {
    await world?.end();
  });

  const events = async (name: string): Promise<string[]> => {
    const path = `/apis/events.k8s.io/v1/namespaces/${world.casino}/events`;
    const all = await world.user.list(path);
    return all
      .filter(({ regarding }) => regarding?.kind === "Jackpot" && regarding.name === name)
      .map(({ reason, note }) => `${reason}: ${note}`);
  };

  it("opens with the house's seed and says so", async () => {
    await on.apply("mega");
    const ready = await on.says("mega", "Ready", "Ready");
    assert.deepEqual([ready.status, /no Game names it yet/.test(ready.message)], ["True", true]);
    const funded = await on.says("mega", "Funded", "Funded");
    assert.match(funded.message, /1000\.00 USD/);
    assert.equal((await on.says("mega", "TermsPending", "TermsInForce")).status, "False");
    const { pool, overflow, contributions, wins, terms, lastWin, games } = await on.status("mega");
    assert.deepEqual(
      { pool, overflow, contributions, wins, lastWin, games },
      {
        ...{ pool: "1000.00", overflow: "0.00", contributions: "0.00", wins: 0 },
        ...{ lastWin: undefined, games: undefined },
      },
    );
    assert.deepEqual(terms, {
      ...{ seed: "1000.00", contribution: "1/100", ceiling: "5000000.00", overflowShare: "0" },
      trigger: "must hit by 5000000.00",
    });
    assert.ok((await events("mega")).some((one) => one.startsWith("Opened: the pool holds 1000")));
  });

  it("is not written to once it is settled, nor by an operator that starts again", async () => {
    await world.quiet(running);
    const before = running.writes.length;
    await world.user.merge(on.path("mega"), { metadata: { annotations: { touched: "yes" } } });
    await world.quiet(running, 1_000);
    assert.deepEqual(running.writes.slice(before), []);
    await running.stop();
    running = await world.start();
    await until("the Jackpot is judged", async () => {
      return /pitboss_jackpot_ready\{[^}]*jackpot="mega"[^}]*\} 1/.test(
        await running.registry.metrics(),
      );
    });
    await world.quiet(running, 1_000);
    assert.deepEqual(running.writes, []);
  });

  it("shows what rounds add, without its controller being called", async () => {
    const total = async () =>
      /controller_runtime_reconcile_total\{[^}]*controller="jackpot"[^}]*result="success"[^}]*\} (\d+)/.exec(
        await running.registry.metrics(),
      )?.[1];
    const before = await total();
    await on.feed("mega", [10_000, 5_050]);
    await until("the status follows", async () => (await on.status("mega")).pool === "1001.50");
    assert.equal((await on.status("mega")).contributions, "1.50");
    assert.equal(await total(), before);
  });

  it("names the Games that feed it, and they say what they pay back with it", async () => {
    const name = world.database.gameName("fed");
    await world.applyGame(name, { jackpots: [{ name: "mega" }] });
    await world.says(name, "JackpotsBound", "Bound");
    await world.says(name, "Ready", "Ready");
    const game = await world.user.get(games(world.casino, name));
    assert.ok(game);
    const { percent, jackpots: back } = game["status"].returnToPlayer;
    assert.deepEqual(
      { percent, back },
      {
        percent: "98.00%",
        back: [{ currency: "USD", contribution: "1/100", total: "99.00%" }],
      },
    );
    await until("it is named", async () => (await on.status("mega")).games?.includes(name));
    assert.match((await on.says("mega", "Ready", "Ready")).message, new RegExp(name));
    await world.user.remove(games(world.casino, name));
    await until("it is named no more", async () => !(await on.status("mega")).games);
  });

  it("keeps changed terms for after the next win, and says so till then", async () => {
    await on.edit("mega", { contribution: "0.02", seed: "2000" });
    const pending = await on.says("mega", "TermsPending", "AfterNextWin");
    assert.equal(pending.status, "True");
    assert.match(
      pending.message,
      /after the next win: .*1\/50.*seed 2000\.00.*Till then: .*1\/100/,
    );
    assert.equal((await on.status("mega")).terms.contribution, "1/100");
    const player = await world.player();
    // A hundredth of these is the way from 1,001.50 to 5,000,000.
    assert.equal(await on.feed("mega", [49_989_985_000], "flip", player), 1);
    await on.says("mega", "TermsPending", "TermsInForce");
    const { pool, wins, lastWin, terms } = await on.status("mega");
    assert.equal(wins, 1);
    assert.ok(Number.parseInt(lastWin.amount, 10) > 1001);
    assert.deepEqual([lastWin.game, terms.contribution, pool], ["flip", "1/50", "2000.00"]);
    const told = await until("events tell of it", async () => {
      const all = await events("mega");
      return (
        all.filter((one) => /^(Won|AfterNextWin|TermsInForce): /.test(one)).length === 3 && all
      );
    });
    assert.ok(told.some((one) => one.includes(`won by round ${lastWin.round} of flip`)));
  });

  it("keeps what was in force while its terms contradict each other", async () => {
    await on.edit("mega", { ceiling: "4000" });
    const invalid = await on.says("mega", "Ready", "TermsInvalid");
    assert.match(
      invalid.message,
      /spec\.ceiling: .*below trigger\.mustHitBy.*In force: must hit by/,
    );
    assert.equal((await on.says("mega", "Stalled", "TermsInvalid")).status, "True");
    await on.edit("mega", { ceiling: "5000000" });
    await on.says("mega", "Ready", "Ready");
  });

  it("waits for its database, and goes on when it is back", async () => {
    await world.wire.cut();
    try {
      await on.says("mega", "Ready", "DatabaseUnreachable", 30);
      assert.equal((await on.status("mega")).pool, "2000.00", "what was said last stays");
    } finally {
      await world.wire.mend();
    }
    await on.says("mega", "Ready", "Ready", 30);
  });

  it("is left alone while it is paused", async () => {
    const annotate = (paused: string | null) =>
      world.user.merge(on.path("mega"), {
        metadata: { annotations: { "pitboss.dev/paused": paused } },
      });
    await annotate("true");
    await on.says("mega", "Paused", "PausedByAnnotation");
    await on.feed("mega", [10_000]);
    await world.quiet(running, 1_000);
    assert.equal((await on.status("mega")).pool, "2000.00");
    await annotate(null);
    await until("it goes on", async () => (await on.status("mega")).pool === "2002.00");
  });

  it("of another namespace has a pool of its own", async () => {
    const path = jackpots(world.other, "mega");
    const mega = await world.user.get(on.path("mega"));
    await world.user.apply(path, {
      ...{ apiVersion: "pitboss.dev/v1alpha1", kind: "Jackpot" },
      metadata: { name: "mega", namespace: world.other },
      spec: { ...mega?.["spec"], currency: "EUR" },
    });
    await world.says("mega", "Ready", "Ready", { path });
    assert.equal((await world.user.get(path))?.["status"].pool, "2000.00");
    await world.user.remove(path);
    await world.gone(path);
  });
});
