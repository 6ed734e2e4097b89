import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { DESIRED_HASH, needsApply, withDesiredHash } from "./apply-diff.ts";

const service = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "coin-flip", namespace: "casino", labels: { a: "1" } },
  spec: { ports: [{ port: 80, targetPort: "http" }] },
};
const wanted = withDesiredHash(service);
const live = {
  ...wanted,
  metadata: {
    ...wanted.metadata,
    uid: "1",
    resourceVersion: "7",
    creationTimestamp: "2026-01-01T00:00:00Z",
  },
  spec: { ...wanted.spec, clusterIP: "10.0.0.1", type: "ClusterIP" },
};

describe("needsApply", () => {
  it("is so when there is no live object", () => assert.equal(needsApply(wanted, undefined), true));

  it("is not so when the live object is as we applied it", () => {
    assert.equal(needsApply(wanted, live), false);
  });

  it("is so when somebody changed a field of ours", () => {
    assert.equal(
      needsApply(wanted, { ...live, spec: { ports: [{ port: 81 }] } } as typeof live),
      true,
    );
  });

  it("is so when a field is no longer wanted, which only the hash can tell", () => {
    const less = withDesiredHash({ ...service, metadata: { ...service.metadata, labels: {} } });
    assert.equal(needsApply(less, live), true);
  });

  it("judges by the metadata when that is all that is cached", () => {
    const { spec: _spec, ...cached } = live;
    assert.equal(needsApply(wanted, cached), true);
    assert.equal(needsApply(wanted, cached, { metadataOnly: true }), false);
    const stale = withDesiredHash({ ...service, spec: { ports: [] } });
    assert.equal(needsApply(stale, cached, { metadataOnly: true }), true);
  });
});

describe("withDesiredHash", () => {
  const hash = (object: typeof service) =>
    (withDesiredHash(object).metadata as { annotations?: Record<string, string> }).annotations?.[
      DESIRED_HASH
    ];

  it("keeps other annotations and leaves the object as it was", () => {
    const annotated = { ...service, metadata: { ...service.metadata, annotations: { a: "b" } } };
    const { annotations } = withDesiredHash(annotated).metadata;
    assert.deepEqual(Object.keys(annotations), ["a", DESIRED_HASH]);
    assert.deepEqual(annotated.metadata.annotations, { a: "b" });
  });

  it("is the same for the same wish, whatever the order of fields and the object it is for", () => {
    const { kind, apiVersion, spec, metadata } = service;
    assert.equal(hash({ spec, metadata, kind, apiVersion }), hash(service));
    assert.equal(
      hash({ ...service, metadata: { ...metadata, uid: "1" } as typeof metadata }),
      hash(service),
    );
    assert.equal(hash(wanted), hash(service));
    assert.notEqual(hash({ ...service, metadata: { ...metadata, name: "other" } }), hash(service));
  });
});
