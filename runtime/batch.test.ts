import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { Batcher } from "./batch.ts";

/** A batcher of numbers, whose calls end when the test says so; an item of 1313 makes a call fail, one of 9999 loses the connection. */
function scripted(connections: number) {
  const calls: number[][] = [];
  const ends: (() => void)[] = [];
  let lost = false;
  const batcher = new Batcher<number, string, null>({
    connections,
    lend: (work) => {
      if (lost) return Promise.reject(new Error("no connection"));
      return work(null);
    },
    call: async (_, items) => {
      calls.push([...items]);
      await new Promise<void>((resolve) => ends.push(resolve));
      if (items.includes(1313)) throw new Error("bad luck");
      if (items.includes(9999)) throw Object.assign(new Error("gone"), { code: "57P01" });
      return items.map((item) => `done ${item}`);
    },
  });
  return {
    batcher,
    calls,
    async end(count = 1) {
      for (let i = 0; i < count; i++) {
        ends.shift()?.();
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    lose: () => {
      lost = true;
    },
  };
}

describe("the batcher", () => {
  it("sends a single item at once where a connection is idle", () => {
    const { batcher, calls } = scripted(2);
    void batcher.submit(() => 1);
    void batcher.submit(() => 2);
    assert.deepEqual(calls, [[1], [2]]);
  });

  it("gathers what comes while all connections are busy, at most 32 a call", async () => {
    const { batcher, calls, end } = scripted(1);
    const results = Array.from({ length: 40 }, (_, i) => batcher.submit(() => i));
    assert.deepEqual(calls, [[0]]);
    await end(3);
    assert.deepEqual(
      calls.map((items) => items.length),
      [1, 32, 7],
    );
    assert.deepEqual(
      await Promise.all(results),
      [...Array(40).keys()].map((i) => `done ${i}`),
    );
  });

  it("prepares an item when it is sent, and fails it alone where that fails", async () => {
    const { batcher, calls, end } = scripted(1);
    const first = batcher.submit(() => 0);
    let value = 1;
    const second = batcher.submit(() => value);
    const third = batcher.submit(() => {
      throw new Error("cannot");
    });
    value = 2;
    const failed = assert.rejects(third, /cannot/);
    await end(2);
    assert.deepEqual(calls, [[0], [2]]);
    assert.deepEqual(await Promise.all([first, second]), ["done 0", "done 2"]);
    await failed;
  });

  it("sends each item alone after a call that failed", async () => {
    const { batcher, end } = scripted(1);
    const results = [1, 2, 1313, 3].map((item) => batcher.submit(() => item));
    const settled = Promise.allSettled(results);
    await end(6);
    assert.deepEqual(
      (await settled).map((it) => (it.status === "fulfilled" ? it.value : it.reason.message)),
      ["done 1", "done 2", "bad luck", "done 3"],
    );
  });

  it("says that the database is away to all of a call whose connection was lost", async () => {
    const { batcher, end } = scripted(1);
    const results = [1, 9999, 3].map((item) => batcher.submit(() => item));
    const settled = Promise.allSettled(results);
    await end(2);
    assert.deepEqual(
      (await settled).map((it) => (it.status === "fulfilled" ? it.value : it.reason.name)),
      ["done 1", "DatabaseAway", "DatabaseAway"],
    );
  });

  it("keeps nobody waiting where no connection is to be had", async () => {
    const { batcher, lose } = scripted(1);
    lose();
    await assert.rejects(
      batcher.submit(() => 1),
      /no connection/,
    );
  });
});
