import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { cases } from "./cases.ts";
import { admissionProblems } from "./validate.ts";

describe("validate, by the table of cases", () => {
  for (const { it: sentence, accepts, object, old } of cases) {
    it(`${accepts ? "accepts" : "refuses"} ${sentence}${old ? " (update)" : ""}`, () => {
      const problems = admissionProblems(object, old);
      assert.equal(problems.length === 0, accepts, JSON.stringify(problems));
    });
  }
});
