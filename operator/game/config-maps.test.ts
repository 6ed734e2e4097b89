import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { KubeObject } from "../kube/object.ts";
import { unusedConfigMaps } from "./config-maps.ts";

const of = (kind: string, revision: string): KubeObject => ({
  ...{ apiVersion: "v1", kind },
  metadata: { name: `${kind}-${revision}`, labels: { "pitboss.dev/revision": revision } },
});

describe("the configurations that nothing needs", () => {
  it("are those that neither serve nor belong to a ReplicaSet", () => {
    const maps = ["a", "b", "c"].map((revision) => of("ConfigMap", revision));
    const unused = unusedConfigMaps(maps, [of("ReplicaSet", "b")], "c");
    assert.deepEqual(
      unused.map(({ metadata }) => metadata.name),
      ["ConfigMap-a"],
    );
  });

  it("are never objects without a revision, nor those that are going already", () => {
    const other: KubeObject = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "other" } };
    const going = of("ConfigMap", "a");
    going.metadata.deletionTimestamp = "2026-01-01T00:00:00Z";
    assert.deepEqual(unusedConfigMaps([other, going], [], "c"), []);
  });
});
