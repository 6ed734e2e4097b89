import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, it } from "mocha";
import type { OpenRound } from "../games/open-round.ts";
import type { Database, Row, Session } from "./database.ts";
import { Endings } from "./endings.ts";

/** Endings over a list of open rounds, with what they settle and say. */
function endings(open: readonly (OpenRound | null)[], answers: (number | Error)[] = []) {
  const settled: string[] = [];
  const warnings: string[] = [];
  const rows = open.map((round, i): Row => ({ id: round?.id ?? `${i}`, round }));
  const asked: unknown[] = [];
  const query = async (_: unknown, [after, atMost]: readonly unknown[]): Promise<Row[]> => {
    asked.push(after);
    const from = rows.findIndex(({ id }) => id === after) + 1;
    return rows.slice(from, from + Number(atMost));
  };
  const session = { query } as unknown as Session;
  const it = new Endings({
    db: { session: (work: (s: Session) => unknown) => work(session) } as unknown as Database,
    endMs: async (_, { nonce }) => nonce,
    settle: async (_, round) => {
      settled.push(round);
      const answer = answers.shift() ?? 0;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    logger: { info: () => {}, warn: (_, text) => warnings.push(text), error: () => {} },
  });
  return { it, settled, warnings, asked };
}

/** A round that ends after so many ms, and has been open for so many. */
function round(id: string, endMs: number, openMs: number): OpenRound {
  return { id, player: "p", nonce: endMs, openMs } as unknown as OpenRound;
}

describe("endings by the clock", () => {
  it("come when they are due, and again where the database says that it is too early", async () => {
    const { it, settled } = endings([], [5]);
    it.watch("p", "a", 1);
    await sleep(40);
    assert.deepEqual(settled, ["a", "a"]);
  });

  it("do not come for rounds that are over", async () => {
    const { it, settled } = endings([]);
    it.watch("p", "a", 1);
    it.forget("a");
    await sleep(20);
    assert.deepEqual(settled, []);
  });

  it("are found by a look, however many rounds are open and whichever are settled meanwhile", async () => {
    const rounds = Array.from({ length: 1200 }, (_, i) => {
      return i % 100 === 99 ? null : round(`r${i}`, i === 1150 ? 0 : 60_000, 10_000);
    });
    const { it, settled, asked } = endings(rounds);
    await it.look();
    await sleep(20);
    assert.deepEqual(settled, ["r1150"]);
    assert.equal(asked.length, 3);
    await it.stop();
  });

  it("are left to the pod that began the round for a while", async () => {
    const { it, settled } = endings([round("a", 0, 1_500)]);
    await it.look();
    await sleep(20);
    assert.deepEqual(settled, []);
    await it.stop();
  });

  it("are tried again after a fault, at the next look", async () => {
    const { it, settled, warnings } = endings([round("a", 0, 9_000)], [new Error("away")]);
    await it.look();
    await sleep(20);
    assert.deepEqual([settled.length, warnings.length], [1, 1]);
    await it.look();
    await sleep(20);
    assert.equal(settled.length, 2);
  });

  it("end with the pod", async () => {
    const { it, settled } = endings([]);
    it.watch("p", "a", 1);
    await it.stop();
    it.watch("p", "b", 1);
    await sleep(20);
    assert.deepEqual(settled, []);
  });
});
