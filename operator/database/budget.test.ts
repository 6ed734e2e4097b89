import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { expectOk, expectProblem, testDatabase } from "../../test/harness/database.ts";
import { provisionGame } from "./provision.ts";
import { releaseGame } from "./release.ts";
import type { ProvisionRequest } from "./types.ts";

describe("the connection budget", () => {
  it("refuses the Game that would go over it, also where two come at once, and frees it again", async () => {
    const database = await testDatabase({ connections: 20 });
    const request = (limit: number): ProvisionRequest => ({
      name: database.gameName(),
      namespace: "casino",
      uid: crypto.randomUUID(),
      password: "p",
      connectionLimit: limit,
    });
    const first = request(8);
    expectOk(await provisionGame(database.db, first));
    const pair = [request(8), request(8)];
    const results = await Promise.all(pair.map((it) => provisionGame(database.db, it)));
    const [refused, ...more] = results.filter((result) => "problem" in result);
    assert.deepEqual(more, []);
    expectProblem(refused, "ConnectionBudget", /needs 8 .* 4 of .* 20/);
    // A game that runs keeps what it has when the budget is lowered.
    const lowered = { ...database.db, limits: { ...database.db.limits, connections: 5 } };
    expectOk(await provisionGame(lowered, { ...first, password: "new", connectionLimit: 6 }));
    await releaseGame(database.db, first);
    for (const it of pair) expectOk(await provisionGame(database.db, it));
    await database.drop();
  });
});
