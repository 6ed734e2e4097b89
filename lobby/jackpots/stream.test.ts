import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, it } from "mocha";
import { createLogger } from "../../runtime/log.ts";
import type { EventRow } from "./events.ts";
import { messages, Streams } from "./stream.ts";

const silent = createLogger("error", {}, { write: () => undefined });

/** A board that a test writes on. */
class TestBoard {
  events: EventRow[] = [];
  version = 0;
  pools = '{"items":[]}';
  #wake: (() => void)[] = [];

  get lastId(): number {
    return this.events.at(-1)?.id ?? 0;
  }

  async since(id: number): Promise<EventRow[]> {
    return this.events.filter((it) => it.id > id);
  }

  wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      const wake = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#wake.push(wake);
      if (signal.aborted) wake();
      signal.addEventListener("abort", wake);
    });
  }

  tell(id: number, kind = "win", more: object = {}): void {
    const names = { namespace: "casino", name: "mega", currency: "USD", digits: 2 };
    const body = { ...names, win: id, amount: "1234", game: "dice", ...more };
    this.events.push({ id, kind, body, at: new Date("2026-01-01T00:00:00Z") });
    for (const wake of this.#wake.splice(0)) wake();
  }
}

/** What a stream says, one message after the other, without the retry time. */
async function reader(board: TestBoard, after?: number) {
  const over = new AbortController();
  const stream = messages(board, after, over.signal);
  assert.match((await stream.next()).value, /^retry: \d+\n\n$/);
  return {
    next: async () => String((await stream.next()).value),
    end: async () => {
      over.abort();
      await stream.return(undefined);
    },
  };
}

describe("a stream of jackpots", () => {
  it("begins with the pools, and the id to come back with", async () => {
    const board = new TestBoard();
    board.tell(7);
    const { next, end } = await reader(board);
    assert.equal(await next(), 'id: 7\nevent: pools\ndata: {"items":[]}\n\n');
    await end();
  });

  it("begins with what was missed", async () => {
    const board = new TestBoard();
    for (const id of [5, 6, 7]) board.tell(id);
    const { next, end } = await reader(board, 5);
    assert.match(await next(), /^id: 6\nevent: win\ndata: \{.*"amount":"12\.34".*\}\n\n$/);
    assert.match(await next(), /^id: 7\n/);
    assert.match(await next(), /^id: 7\nevent: pools\n/);
    board.tell(8);
    assert.match(await next(), /^id: 8\nevent: win\n/);
    await end();
  });

  it("tells of a win that was set aside when it is paid, and not who released it", async () => {
    const board = new TestBoard();
    const { next, end } = await reader(board);
    await next();
    board.tell(1, "held");
    board.tell(2, "released", { by: "carol", reason: "checked" });
    const told = await next();
    assert.match(told, /^id: 2\nevent: win\n/);
    assert.ok(!/carol|checked/.test(told));
    await end();
  });

  it("goes on where a database was restored to a time before the last event", async () => {
    const board = new TestBoard();
    board.tell(3);
    const { next, end } = await reader(board, 900);
    assert.match(await next(), /^id: 3\nevent: pools\n/);
    board.tell(4);
    assert.match(await next(), /^id: 4\nevent: win\n/);
    await end();
  });
});

describe("the streams of a pod", () => {
  it("are no more than it can hold", () => {
    const streams = new Streams({ board: new TestBoard(), log: silent, most: 2 });
    const first = streams.open(undefined);
    assert.ok(first && streams.open(undefined));
    assert.equal(streams.open(undefined), null);
    first.destroy();
    first.once("close", () => assert.equal(streams.count, 1));
    streams.close();
  });

  it("hold back for a client that does not read, and cut it off", async () => {
    const board = new TestBoard();
    const streams = new Streams({ board, log: silent, slowMs: 100, sweepMs: 50 });
    const body = streams.open(0);
    assert.ok(body);
    const failed = new Promise((resolve) => body.once("error", resolve));
    body.once("readable", () => undefined);
    for (let id = 1; id <= 5_000; id += 1) board.tell(id);
    await sleep(50);
    assert.ok(body.readableLength < 64 * 1024, "the rest stays in the table");
    assert.match(String(await failed), /does not read/);
    assert.equal(streams.count, 0);
    streams.close();
  });

  it("end as whole answers when the pod drains", async () => {
    const streams = new Streams({ board: new TestBoard(), log: silent });
    const body = streams.open(undefined);
    assert.ok(body);
    body.resume();
    const ended = new Promise((resolve) => body.once("end", resolve));
    streams.close();
    await ended;
    assert.equal(streams.open(undefined), null);
  });
});
