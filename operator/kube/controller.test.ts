import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { Registry } from "prom-client";
import { Controller, type ControllerOptions } from "./controller.ts";
import { Metrics } from "./metrics.ts";
import { done, type Result, requeueAfter, terminal } from "./result.ts";
import { FakeClock, settle } from "./testing/fake-clock.ts";
import { QuietLogger } from "./testing/quiet-logger.ts";

describe("Controller", () => {
  let clock: FakeClock;
  let registry: Registry;
  let logger: QuietLogger;

  beforeEach(() => {
    clock = new FakeClock();
    registry = new Registry();
    logger = new QuietLogger();
  });

  function started(
    options: Partial<ControllerOptions> & Pick<ControllerOptions, "reconcile">,
  ): Controller {
    const metrics = new Metrics(registry);
    const controller = new Controller({ name: "game", metrics, logger, clock, ...options });
    controller.start();
    return controller;
  }

  async function total(result: string): Promise<number> {
    const text = await registry.metrics();
    const line = `controller_runtime_reconcile_total{controller="game",result="${result}"} `;
    return Number(
      text
        .split("\n")
        .find((one) => one.startsWith(line))
        ?.slice(line.length),
    );
  }

  it("reconciles a key and leaves it alone", async () => {
    const seen: string[] = [];
    const controller = started({
      reconcile: async (key) => {
        seen.push(key);
        return done;
      },
    });
    controller.enqueue("casino/coin-flip");
    await clock.advance(10_000_000);
    assert.deepEqual(seen, ["casino/coin-flip"]);
    assert.equal(await total("success"), 1);
  });

  it("collapses a thousand changes during a reconcile into one more", async () => {
    let runs = 0;
    let release = () => {};
    const controller = started({
      reconcile: async () => {
        runs++;
        await new Promise<void>((resolve) => {
          release = resolve;
        });
        return done;
      },
    });
    controller.enqueue("a");
    await settle();
    for (let i = 0; i < 1000; i++) controller.enqueue("a");
    release();
    await settle();
    release();
    await settle();
    assert.equal(runs, 2);
  });

  it("retries whatever is thrown, and logs it", async () => {
    const thrown: unknown[] = [new Error("away"), "a text", undefined, new TypeError("a bug")];
    let runs = 0;
    const controller = started({
      reconcile: async () => {
        runs++;
        if (thrown.length > 0) throw thrown.shift();
        return done;
      },
    });
    controller.enqueue("a");
    await clock.advance(1000);
    assert.equal(runs, 5);
    assert.equal(await total("error"), 4);
    assert.equal(await total("success"), 1);
    assert.equal(logger.lines.filter(({ level }) => level === "error").length, 4);
    assert.match(await registry.metrics(), /reconcile_panics_total\{controller="game"\} 3\n/);
  });

  it("retries a reconcile that throws before it first waits", async () => {
    let runs = 0;
    const controller = started({
      reconcile: () => {
        if (++runs === 1) throw new Error("at once");
        return Promise.resolve(done);
      },
    });
    controller.enqueue("a");
    await clock.advance(100);
    assert.equal(runs, 2);
  });

  it("looks again when asked to", async () => {
    let runs = 0;
    const controller = started({
      reconcile: async () => {
        runs++;
        return runs < 3 ? requeueAfter(1000) : done;
      },
    });
    controller.enqueue("a");
    await clock.advance(1000);
    assert.equal(runs, 2);
    await clock.advance(10_000);
    assert.equal(runs, 3);
    assert.equal(await total("requeue_after"), 2);
  });

  it("does not retry what retrying cannot help", async () => {
    let runs = 0;
    const controller = started({
      reconcile: async () => {
        runs++;
        return terminal(new Error("invalid config"));
      },
    });
    controller.enqueue("a");
    await clock.advance(10_000_000);
    assert.equal(runs, 1);
    assert.match(
      await registry.metrics(),
      /terminal_reconcile_errors_total\{controller="game"\} 1\n/,
    );
    controller.enqueue("a");
    await settle();
    assert.equal(runs, 2);
  });

  it("aborts a reconcile that takes too long, and retries it", async () => {
    let runs = 0;
    const controller = started({
      timeoutMs: 1000,
      reconcile: (_key, signal) =>
        ++runs > 1
          ? Promise.resolve(done)
          : new Promise<Result>((_, reject) =>
              signal.addEventListener("abort", () => reject(signal.reason)),
            ),
    });
    controller.enqueue("a");
    await clock.advance(999);
    assert.equal(runs, 1);
    await clock.advance(100);
    assert.equal(runs, 2);
    assert.match(await registry.metrics(), /reconcile_timeouts_total\{controller="game"\} 1\n/);
  });

  it("never runs a key twice at once, even when its reconcile ignores the deadline, and says so", async () => {
    let runs = 0;
    const controller = started({
      timeoutMs: 1000,
      reconcile: () => {
        runs++;
        return new Promise<Result>(() => {});
      },
    });
    controller.enqueue("a");
    await clock.advance(2999);
    controller.enqueue("a");
    assert.equal(controller.stuck(), undefined);
    await clock.advance(2);
    assert.equal(runs, 1);
    assert.equal(controller.stuck(), "a");
  });

  it("works on as many keys at once as it may, and no more", async () => {
    let active = 0;
    let most = 0;
    const controller = started({
      concurrency: 3,
      reconcile: async () => {
        most = Math.max(most, ++active);
        await clock.sleep(10);
        active--;
        return done;
      },
    });
    for (let i = 0; i < 20; i++) controller.enqueue(`${i}`);
    await clock.advance(1000);
    assert.equal(most, 3);
    assert.equal(await total("success"), 20);
    const text = await registry.metrics();
    assert.match(text, /max_concurrent_reconciles\{controller="game"\} 3\n/);
    assert.match(text, /active_workers\{controller="game"\} 0\n/);
  });

  it("finishes what is in flight when stopped, and starts nothing more", async () => {
    const finished: string[] = [];
    const controller = started({
      concurrency: 1,
      reconcile: async (key) => {
        await clock.sleep(10);
        finished.push(key);
        return done;
      },
    });
    controller.enqueue("a");
    controller.enqueue("b");
    await settle();
    const stopped = controller.stop();
    await clock.advance(10);
    await stopped;
    assert.deepEqual(finished, ["a"]);
    assert.equal(clock.pending, 0);
  });

  it("does not wait for ever for a reconcile that heeds nothing", async () => {
    const controller = started({ reconcile: () => new Promise<Result>(() => {}) });
    controller.enqueue("a");
    await settle();
    let stopped = false;
    void controller.stop(500).then(() => {
      stopped = true;
    });
    await clock.advance(3499);
    assert.equal(stopped, false);
    await clock.advance(1);
    assert.equal(stopped, true);
  });

  it("aborts what is in flight when the grace is over", async () => {
    let reason: unknown;
    const controller = started({
      reconcile: async (_key, signal) => {
        await clock.sleep(1_000_000, signal).catch((error) => {
          reason = error;
        });
        return done;
      },
    });
    controller.enqueue("a");
    await settle();
    const stopped = controller.stop(500);
    await clock.advance(500);
    await stopped;
    assert.match(String(reason), /game is stopping/);
  });
});
