import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { connectionLimit, mostPods, poolSize } from "./connections.ts";

describe("the connections of a game", () => {
  it("are counted for the most pods, the one of a rolling update included", () => {
    assert.equal(mostPods({ replicas: 2 }), 3);
    assert.equal(mostPods({ autoscaling: { min: 1, max: 10, targetCPU: 70 } }), 11);
    assert.equal(mostPods({ replicas: 0 }), 1);
  });

  for (const budget of [4, 20, 50]) {
    for (const pods of [1, 2, 3, 7, 11, 101]) {
      it(`fit the role's limit: budget ${budget}, ${pods} pods`, () => {
        const pool = poolSize(budget, pods);
        assert.ok(pool >= 1);
        assert.ok((pool + 1) * pods <= connectionLimit(budget, pods));
        if (budget >= 2 * pods) assert.equal(connectionLimit(budget, pods), budget);
      });
    }
  }
});
