import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { Registry } from "prom-client";
import { Metrics } from "./metrics.ts";
import { Queue } from "./queue.ts";
import { FakeClock } from "./testing/fake-clock.ts";

describe("Queue", () => {
  let clock: FakeClock;
  let queue: Queue;
  let registry: Registry;

  beforeEach(() => {
    clock = new FakeClock();
    registry = new Registry();
    queue = new Queue({ name: "game", metrics: new Metrics(registry), clock });
  });

  it("holds a key once, however often it is added", async () => {
    for (let i = 0; i < 100; i++) queue.add("a");
    assert.equal(queue.length, 1);
    assert.equal(await queue.next(), "a");
    assert.equal(queue.length, 0);
  });

  it("gives a key that is added while worked on once more, and only afterwards", async () => {
    queue.add("a");
    await queue.next();
    queue.add("a");
    queue.add("a");
    assert.equal(queue.length, 0);
    queue.done("a");
    assert.equal(queue.length, 1);
    await queue.next();
    queue.done("a");
    assert.equal(queue.length, 0);
  });

  it("never gives one key to two workers", async () => {
    queue.add("a");
    const first = await queue.next();
    let second: string | undefined;
    const waiting = queue.next().then((key) => {
      second = key;
    });
    queue.add("a");
    await clock.advance(1);
    assert.equal(first, "a");
    assert.equal(second, undefined);
    queue.done("a");
    await waiting;
    assert.equal(second, "a");
  });

  it("gives a user's change before a thousand keys of the first list", async () => {
    for (let i = 0; i < 1000; i++) queue.add(`old-${i}`, { low: true });
    queue.add("changed");
    assert.equal(await queue.next(), "changed");
    assert.equal(await queue.next(), "old-0");
  });

  it("raises a key of low priority that a user changes, and never lowers one", async () => {
    queue.add("a", { low: true });
    queue.add("b", { low: true });
    queue.add("b");
    queue.add("b", { low: true });
    assert.equal(await queue.next(), "b");
    queue.add("b", { low: true });
    queue.add("b");
    queue.done("b");
    assert.equal(await queue.next(), "b");
  });

  it("backs off from 5 ms to 1000 s, within half of the full wait", async () => {
    const waits: number[] = [];
    for (let failure = 1; failure <= 25; failure++) {
      queue.retry("a");
      const before = clock.monotonic();
      const next = queue.next();
      let taken = 0;
      void next.then(() => {
        taken = clock.monotonic();
      });
      while (taken === 0) await clock.advance(Math.max(1, 2.5 * 2 ** (failure - 1) * 0.05));
      queue.done("a");
      waits.push(taken - before);
    }
    assert.ok((waits[0] ?? 0) <= 5);
    assert.ok((waits[9] ?? 0) >= 1280 && (waits[9] ?? 0) <= 2560, `${waits[9]}`);
    for (const wait of waits) assert.ok(wait <= 1_000_000);
    assert.ok((waits[24] ?? 0) >= 500_000);
  });

  it("starts the back-off anew once a key did well", async () => {
    for (let failure = 1; failure <= 15; failure++) queue.retry("a");
    queue.forget("a");
    await clock.advance(1_000_000);
    await queue.next();
    queue.done("a");
    queue.retry("a");
    await clock.advance(5);
    assert.equal(queue.length, 1);
  });

  it("adds later, the sooner of two wishes, and drops the wish when a worker comes first", async () => {
    queue.addAfter("a", 1000);
    queue.addAfter("a", 100);
    queue.addAfter("a", 500);
    await clock.advance(99);
    assert.equal(queue.length, 0);
    await clock.advance(1);
    assert.equal(queue.length, 1);
    queue.addAfter("a", 10);
    await queue.next();
    queue.done("a");
    await clock.advance(5000);
    assert.equal(queue.length, 0);
    assert.equal(clock.pending, 0);
  });

  it("keeps nothing of a key that is done", async () => {
    for (let i = 0; i < 1000; i++) {
      queue.retry(`${i}`);
    }
    await clock.advance(10);
    for (let i = 0; i < 1000; i++) {
      const key = await queue.next();
      queue.forget(key ?? "");
      queue.done(key ?? "");
    }
    assert.equal(queue.known, 0);
    assert.equal(clock.pending, 0);
  });

  it("lets waiting workers go when it is closed, and takes nothing more", async () => {
    const waiting = [queue.next(), queue.next()];
    queue.addAfter("a", 10);
    queue.close();
    assert.deepEqual(await Promise.all(waiting), [undefined, undefined]);
    queue.add("b");
    queue.addAfter("b", 1);
    await clock.advance(100);
    assert.equal(await queue.next(), undefined);
    assert.equal(queue.known, 0);
  });

  it("counts as client-go's queue does", async () => {
    queue.add("a");
    queue.add("b", { low: true });
    await clock.advance(2000);
    await queue.next();
    await clock.advance(3000);
    const text = await registry.metrics();
    const labels = 'name="game",controller="game"';
    for (const line of [
      `workqueue_depth{${labels},priority="0"} 0`,
      `workqueue_depth{${labels},priority="-100"} 1`,
      `workqueue_adds_total{${labels}} 2`,
      `workqueue_queue_duration_seconds_sum{${labels}} 2`,
      `workqueue_unfinished_work_seconds{${labels}} 3`,
      `workqueue_longest_running_processor_seconds{${labels}} 3`,
    ]) {
      assert.ok(text.includes(`${line}\n`), `${line} is not in\n${text}`);
    }
  });
});
