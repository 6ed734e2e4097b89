import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { Registry } from "prom-client";
import { GameMetrics } from "./metrics.ts";

const game = { namespace: "casino", name: "coin-flip" };
const facts = { engine: "coin-flip", revision: "a", reason: "Ready", breached: false };

describe("the metrics of Games", () => {
  it("say which Games are Ready, and why not", async () => {
    const registry = new Registry();
    const metrics = new GameMetrics(registry);
    metrics.judged(game, { ...facts, ready: false, reason: "ReturnTooLow" });
    assert.match(await registry.metrics(), /pitboss_game_ready\{[^}]*game="coin-flip"\} 0/);
    metrics.judged(game, { ...facts, ready: true });
    const text = await registry.metrics();
    assert.match(text, /pitboss_game_ready\{[^}]*\} 1/);
    assert.ok(!text.includes("ReturnTooLow"), "the old reason is gone");
    assert.match(text, /pitboss_game_time_to_ready_seconds_count 1/);
  });

  it("say which Games do not pay what is proven, and how far they stray", async () => {
    const registry = new Registry();
    const metrics = new GameMetrics(registry);
    metrics.strained(game, 0.5);
    assert.doesNotMatch(await registry.metrics(), /return_strain\{/, "of one that is not known");
    metrics.judged(game, { ...facts, ready: true });
    metrics.strained(game, 0.5);
    assert.match(await registry.metrics(), /pitboss_game_return_strain\{[^}]*\} 0\.5/);
    assert.match(await registry.metrics(), /pitboss_game_return_breach\{[^}]*\} 0/);
    metrics.judged(game, { ...facts, ready: true, breached: true });
    assert.match(await registry.metrics(), /pitboss_game_return_breach\{[^}]*\} 1/);
  });

  it("leave nothing behind when a Game goes", async () => {
    const registry = new Registry();
    const metrics = new GameMetrics(registry);
    metrics.judged(game, { ...facts, ready: false });
    metrics.strained(game, 0.5);
    metrics.deleted("casino/coin-flip", new Date(Date.now() - 2000));
    const text = await registry.metrics();
    assert.ok(!text.includes("coin-flip"));
    assert.match(text, /pitboss_game_time_to_delete_seconds_count 1/);
  });
});
