import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { DatabaseAway, type Statement } from "../../runtime/database.ts";
import { createLogger } from "../../runtime/log.ts";
import { until } from "../../test/harness/until.ts";
import { Sequencer } from "./sequencer.ts";

/** A database in which these jackpots wait; each call counts 5,000 contributions, a full batch, at most. */
function waiting(left: Map<number, number>, broken: readonly number[] = []) {
  const lines: string[] = [];
  const counted: [number, number][] = [];
  const state = { away: false, looks: 0 };
  const database = {
    async query({ name }: Statement, [jackpot]: readonly unknown[] = []) {
      if (state.away) throw new DatabaseAway("gone");
      if (name === "jackpots-waiting") {
        state.looks += 1;
        return [...left].filter(([, count]) => count > 0).map(([id]) => ({ id }));
      }
      const id = Number(jackpot);
      if (broken.includes(id)) throw new Error("a fault of ours");
      const taken = Math.min(left.get(id) ?? 0, 5_000);
      left.set(id, (left.get(id) ?? 0) - taken);
      return [{ done: { taken, wins: 0 } }];
    },
  };
  const log = createLogger("error", {}, { write: (line) => lines.push(line) });
  const sequencer = new Sequencer({
    ...{ database, log },
    counted: (id, { taken }) => counted.push([id, taken]),
  });
  return { sequencer, state, counted, lines };
}

describe("the sequencer's loop", () => {
  it("counts all that waits, batch after batch", async () => {
    const { sequencer, counted } = waiting(new Map([[1, 12_000]]));
    sequencer.start();
    await until("three batches", async () => counted.length === 3);
    await sequencer.stop();
    assert.deepEqual(counted, [
      [1, 5_000],
      [1, 5_000],
      [1, 2_000],
    ]);
  });

  it("counts the others where one fails, and says so once", async () => {
    const left = new Map([1, 2, 3].map((id) => [id, 1]));
    const { sequencer, counted, state, lines } = waiting(left, [2]);
    sequencer.start();
    await until("three looks", async () => state.looks >= 3);
    await sequencer.stop();
    assert.deepEqual(counted, [
      [1, 1],
      [3, 1],
    ]);
    assert.equal(lines.length, 1, "not with every look");
  });

  it("goes on when the database is back", async () => {
    const { sequencer, counted, state, lines } = waiting(new Map([[1, 1]]));
    state.away = true;
    sequencer.start();
    state.away = false;
    await until("it is counted", async () => counted.length === 1);
    await sequencer.stop();
    assert.deepEqual(lines, []);
  });
});
