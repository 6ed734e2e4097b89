import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { ownedByAutoscaler } from "./hand-over.ts";

const owns = { "f:spec": { "f:replicas": {} } };

describe("the hand-over of the number of pods", () => {
  const cases: [string, Parameters<typeof ownedByAutoscaler>[0], boolean][] = [
    ["nobody but us", [{ manager: "pitboss", operation: "Apply", fieldsV1: owns }], false],
    [
      "the autoscaler",
      [
        { manager: "pitboss", operation: "Apply", fieldsV1: { "f:spec": {} } },
        { manager: "kube-controller-manager", subresource: "scale", fieldsV1: owns },
      ],
      true,
    ],
    [
      "the status' writer",
      [{ manager: "kube-controller-manager", subresource: "status", fieldsV1: { "f:status": {} } }],
      false,
    ],
  ];
  for (const [who, entries, expected] of cases) {
    it(`${expected ? "has" : "has not"} happened when the field is owned by ${who}`, () => {
      assert.equal(ownedByAutoscaler(entries), expected);
    });
  }
});
