import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { firstDifference } from "./differs.ts";

const container = {
  name: "game",
  image: "pitboss",
  ports: [{ name: "http", containerPort: 8080 }],
};

const CASES: Record<string, { desired: unknown; live: unknown; differs: string | undefined }> = {
  "the same": {
    desired: { spec: { replicas: 2 } },
    live: { spec: { replicas: 2 } },
    differs: undefined,
  },
  "another value": {
    desired: { spec: { replicas: 2 } },
    live: { spec: { replicas: 3 } },
    differs: "/spec/replicas",
  },
  "a field that is gone": {
    desired: { spec: { replicas: 2 } },
    live: { spec: {} },
    differs: "/spec/replicas",
  },
  "a default that the API filled in": {
    desired: { spec: { replicas: 2 } },
    live: { spec: { replicas: 2, strategy: { type: "RollingUpdate" } }, status: {} },
    differs: undefined,
  },
  "false is not absent: absent may mean true": {
    desired: { automountServiceAccountToken: false },
    live: {},
    differs: "/automountServiceAccountToken",
  },
  "zero is not absent": { desired: { replicas: 0 }, live: {}, differs: "/replicas" },
  "null desires absence": { desired: { a: null }, live: {}, differs: undefined },
  "null, and there is something": { desired: { a: null }, live: { a: 1 }, differs: "/a" },
  "undefined says nothing that JSON would carry": {
    desired: { a: undefined },
    live: {},
    differs: undefined,
  },
  "an empty map is as good as none": { desired: { labels: {} }, live: {}, differs: undefined },
  "an empty list is as good as none": { desired: { egress: [] }, live: {}, differs: undefined },
  "an empty list, and there is something": {
    desired: { egress: [] },
    live: { egress: [{}] },
    differs: "/egress",
  },
  "a quantity in another form": {
    desired: { resources: { requests: { cpu: "1000m", memory: "1Gi" } } },
    live: { resources: { requests: { cpu: "1", memory: "1073741824" } } },
    differs: undefined,
  },
  "another quantity": {
    desired: { resources: { limits: { cpu: "2" } } },
    live: { resources: { limits: { cpu: "1" } } },
    differs: "/resources/limits/cpu",
  },
  "texts that only look like quantities": {
    desired: { data: { size: "1000" } },
    live: { data: { size: "1k" } },
    differs: "/data/size",
  },
  "containers in another order": {
    desired: { containers: [container] },
    live: { containers: [{ name: "sidecar" }, container] },
    differs: undefined,
  },
  "a changed container among others": {
    desired: { containers: [container] },
    live: { containers: [{ name: "sidecar" }, { ...container, image: "evil" }] },
    differs: "/containers/0/image",
  },
  "a container that is gone": {
    desired: { containers: [container] },
    live: { containers: [{ name: "sidecar" }] },
    differs: "/containers/0",
  },
  "an environment variable that somebody added": {
    desired: { env: [{ name: "A", value: "1" }] },
    live: {
      env: [
        { name: "B", value: "2" },
        { name: "A", value: "1" },
      ],
    },
    differs: undefined,
  },
  "a port with its default protocol": {
    desired: { ports: [{ port: 80, targetPort: "http" }] },
    live: { ports: [{ port: 80, targetPort: "http", protocol: "TCP" }] },
    differs: undefined,
  },
  "two ports of one number": {
    desired: { ports: [{ port: 53, protocol: "UDP", name: "u" }] },
    live: {
      ports: [
        { port: 53, protocol: "TCP", name: "t" },
        { port: 53, protocol: "UDP", name: "u" },
      ],
    },
    differs: undefined,
  },
  "an atomic list in another order": {
    desired: { args: ["a", "b"] },
    live: { args: ["b", "a"] },
    differs: "/args/0",
  },
  "an atomic list with one more": {
    desired: { args: ["a"] },
    live: { args: ["a", "b"] },
    differs: "/args",
  },
  "an atomic list of objects with defaults": {
    desired: { rules: [{ backendRefs: [{ name: "game", port: 80 }] }] },
    live: { rules: [{ backendRefs: [{ name: "game", port: 80, weight: 1 }], matches: [{}] }] },
    differs: undefined,
  },
  "others' finalizers": {
    desired: { finalizers: ["ours"] },
    live: { finalizers: ["theirs", "ours"] },
    differs: undefined,
  },
  "our finalizer is gone": {
    desired: { finalizers: ["ours"] },
    live: { finalizers: ["theirs"] },
    differs: "/finalizers",
  },
  "another owner of the same name": {
    desired: { ownerReferences: [{ uid: "1", name: "a", kind: "Game" }] },
    live: { ownerReferences: [{ uid: "2", name: "a", kind: "Game" }] },
    differs: "/ownerReferences/0",
  },
  "a field name with a slash": {
    desired: { annotations: { "pitboss.dev/a~b": "1" } },
    live: { annotations: {} },
    differs: "/annotations/pitboss.dev~1a~0b",
  },
  "another type": { desired: { a: [1] }, live: { a: { 0: 1 } }, differs: "/a" },
  "a number and its text": { desired: { a: 80 }, live: { a: "80" }, differs: "/a" },
};

describe("firstDifference", () => {
  for (const [name, { desired, live, differs }] of Object.entries(CASES)) {
    it(name, () => assert.equal(firstDifference(desired, live), differs));
  }
});
