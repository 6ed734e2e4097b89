import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Manifest } from "./documents.ts";
import { namedJackpots } from "./named-jackpots.ts";

const object = (kind: string, name: string, more: object = {}, namespace?: string): Manifest => ({
  apiVersion: "pitboss.dev/v1alpha1",
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  ...more,
});
const game = (jackpots: unknown, namespace?: string) =>
  object("Game", "dice", { spec: { jackpots } }, namespace);

describe("the example Jackpots that go with manifests of one's own", () => {
  const examples = ["mega", "lucky"].map((name) => object("Jackpot", name, {}, "casino"));
  const names = (...manifests: Manifest[]) =>
    namedJackpots(manifests, examples, "casino").map(({ metadata }) => metadata.name);

  it("are those that a Game names", () => {
    assert.deepEqual(names(game([{ name: "mega" }])), ["mega"]);
    assert.deepEqual(names(game([{ name: "other" }]), object("ConfigMap", "mega")), []);
  });

  it("are not those that the manifests hold themselves, or that are meant elsewhere", () => {
    assert.deepEqual(names(game([{ name: "mega" }]), object("Jackpot", "mega")), []);
    assert.deepEqual(names(game([{ name: "mega" }], "other")), []);
  });

  it("are none where a Game is not written as it must be: the API server says so", () => {
    for (const jackpots of [undefined, "mega", [null], [{ name: 1 }]]) {
      assert.deepEqual(names(game(jackpots)), []);
    }
  });
});
