import type { Schema } from "./schemas.ts";

const label = "[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?";
const subdomain = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?([.][a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*";
const qualifiedName = `^(${subdomain}/)?${label}$`;
const text: Schema = { type: "string" };

/**
 * The metadata of a manifest. The API server checks it by itself, whatever the CRD says; fields that only the server
 * writes may be there, as in the output of `kubectl get`.
 */
export const metadataSchema: Schema = {
  type: "object",
  required: ["name"],
  properties: {
    // The pattern is a rule of the CRD; the schema of `self.metadata` names what CEL may read.
    name: { type: "string", minLength: 1, maxLength: 253 },
    namespace: { type: "string", maxLength: 63, pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$" },
    labels: {
      type: "object",
      propertyNames: { pattern: qualifiedName },
      additionalProperties: { type: "string", pattern: `^(${label})?$` },
    },
    annotations: {
      type: "object",
      propertyNames: { pattern: qualifiedName },
      additionalProperties: text,
    },
    finalizers: { type: "array", items: text },
    ownerReferences: { type: "array", items: { type: "object" } },
    managedFields: { type: "array", items: { type: "object" } },
    generateName: text,
    uid: text,
    resourceVersion: text,
    selfLink: text,
    creationTimestamp: text,
    deletionTimestamp: text,
    deletionGracePeriodSeconds: { type: "integer" },
    generation: { type: "integer" },
  },
};
