import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import type { Client } from "./client.ts";
import { type EventFacts, EventRecorder } from "./events.ts";
import type { Kind, KubeObject } from "./object.ts";
import { FakeClock } from "./testing/fake-clock.ts";
import { QuietLogger } from "./testing/quiet-logger.ts";

type Sent = KubeObject &
  EventFacts & {
    series?: { count: number };
    regarding: { uid: string };
    reportingController: string;
  };

const game = (uid: string): KubeObject => ({
  apiVersion: "pitboss.dev/v1alpha1",
  kind: "Game",
  metadata: { name: "dice", namespace: "casino", uid, resourceVersion: "5" },
});
const facts: EventFacts = {
  type: "Warning",
  reason: "ReturnTooLow",
  action: "Prove",
  note: "raise pays",
};

describe("EventRecorder", () => {
  let clock: FakeClock;
  let sent: Sent[];
  let logger: QuietLogger;
  let recorder: EventRecorder;

  beforeEach(() => {
    clock = new FakeClock();
    logger = new QuietLogger();
    sent = [];
    const client = {
      apply: async (_kind: Kind, event: Sent) => sent.push(event),
    } as unknown as Client;
    recorder = new EventRecorder({
      client,
      controller: "pitboss.dev/operator",
      instance: "pod-0",
      logger,
      clock,
    });
  });

  it("writes an event in the object's namespace that names it", async () => {
    recorder.record(game("1"), facts);
    await recorder.flush();
    const [event] = sent;
    assert.equal(event?.metadata.namespace, "casino");
    assert.match(event?.metadata.name ?? "", /^dice\.[0-9a-f]{16}$/);
    assert.equal(event?.regarding.uid, "1");
    assert.equal(event?.reason, "ReturnTooLow");
    assert.equal(event?.reportingController, "pitboss.dev/operator");
    assert.equal(event?.series, undefined);
  });

  it("counts what repeats in one event, and writes the count now and then", async () => {
    for (let i = 0; i < 100; i++) recorder.record(game("1"), facts);
    await clock.advance(10_000);
    for (let i = 0; i < 10; i++) recorder.record(game("1"), facts);
    await clock.advance(10_000);
    assert.equal(new Set(sent.map(({ metadata }) => metadata.name)).size, 1);
    assert.deepEqual(
      sent.map(({ series }) => series?.count),
      [undefined, 100, 110],
    );
  });

  it("begins a new event when the last is long ago", async () => {
    recorder.record(game("1"), facts);
    await clock.advance(7 * 60_000);
    recorder.record(game("1"), facts);
    await recorder.flush();
    assert.equal(new Set(sent.map(({ metadata }) => metadata.name)).size, 2);
  });

  it("tells different objects, reasons and notes apart", async () => {
    recorder.record(game("1"), facts);
    recorder.record(game("2"), facts);
    recorder.record(game("1"), { ...facts, note: "lower min" });
    recorder.record(game("1"), { ...facts, reason: "Proven", type: "Normal" });
    await recorder.flush();
    assert.equal(new Set(sent.map(({ metadata }) => metadata.name)).size, 4);
  });

  it("does not let one object flood the others", async () => {
    for (let i = 0; i < 100; i++) recorder.record(game("1"), { ...facts, note: `${i}` });
    recorder.record(game("2"), facts);
    await recorder.flush();
    assert.equal(sent.filter(({ regarding }) => regarding.uid === "1").length, 25);
    assert.equal(sent.at(-1)?.regarding.uid, "2");
  });

  it("cuts a note that the API would refuse", async () => {
    recorder.record(game("1"), { ...facts, note: "é".repeat(5000) });
    await recorder.flush();
    assert.ok(Buffer.byteLength(sent[0]?.note ?? "") <= 1024);
  });

  it("neither throws nor stops when an event cannot be written", async () => {
    const client = { apply: () => Promise.reject(new Error("away")) } as unknown as Client;
    const failing = new EventRecorder({ client, controller: "a/b", instance: "c", logger, clock });
    failing.record(game("1"), facts);
    failing.record(game("2"), facts);
    await failing.flush();
    assert.equal(logger.lines.filter(({ level }) => level === "warn").length, 2);
  });

  it("writes what waits when flushed, and leaves no timer", async () => {
    recorder.record(game("1"), facts);
    recorder.record(game("1"), facts);
    await recorder.flush();
    assert.deepEqual(
      sent.map(({ series }) => series?.count),
      [undefined, 2],
    );
    assert.equal(clock.pending, 0);
  });
});
