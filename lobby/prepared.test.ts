import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { pino } from "pino";
import { DatabaseAway } from "../runtime/database.ts";
import { whenPrepared } from "./prepared.ts";

/** A database that fails in these ways, one after another, and then answers. */
function failing(errors: readonly Error[]) {
  const left = [...errors];
  let calls = 0;
  return {
    calls: () => calls,
    async query() {
      calls += 1;
      const error = left.shift();
      if (error !== undefined) throw error;
      return [];
    },
  };
}

const refusal = (code: string) => Object.assign(new Error("refused"), { code });

function logOf() {
  const lines: string[] = [];
  return { lines, log: pino({}, { write: (line: string) => void lines.push(line) }) };
}

describe("a lobby on a new platform", () => {
  it("waits for schema, tables and grants, and says so once", async () => {
    const database = failing([refusal("3F000"), refusal("42P01"), refusal("42501")]);
    const { lines, log } = logOf();
    await whenPrepared(database, log, 1);
    assert.equal(database.calls(), 4);
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? "", /waiting until the operator has prepared the database/);
  });

  it("does not wait for a database that is away: it serves what it can without", async () => {
    const database = failing([new DatabaseAway("away")]);
    const { lines, log } = logOf();
    await whenPrepared(database, log, 1);
    assert.deepEqual([database.calls(), lines.length], [1, 0]);
  });
});
