import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** The kinds of Pitboss, by the name of their file in this folder. */
export const kindNames = ["game", "jackpot", "chain"] as const;

/** A structural schema as it stands in a CRD: JSON Schema with the Kubernetes words. */
export interface Schema {
  type?: string;
  title?: string;
  description?: string;
  properties?: { [name: string]: Schema };
  additionalProperties?: Schema;
  items?: Schema;
  required?: string[];
  default?: unknown;
  tsType?: string;
  "x-kubernetes-int-or-string"?: boolean;
  "x-kubernetes-preserve-unknown-fields"?: boolean;
  "x-kubernetes-list-type"?: "atomic" | "set" | "map";
  "x-kubernetes-list-map-keys"?: string[];
  "x-kubernetes-validations"?: { rule: string; message?: string }[];
  [word: string]: unknown;
}

/** The schema of an object's field; undefined where the schema does not know the field. */
export function fieldSchema(schema: Schema, name: string): Schema | undefined {
  return schema.properties?.[name] ?? schema.additionalProperties;
}

/** What Pitboss needs of a CustomResourceDefinition. */
export interface Definition {
  readonly kind: string;
  readonly apiVersion: string;
  readonly schema: Schema;
}

interface Crd {
  spec: {
    group: string;
    names: { kind: string };
    versions: { name: string; schema: { openAPIV3Schema: Schema } }[];
  };
}

/** Reads the one version of a CRD from its YAML. */
export function definitionOf(yaml: string): Definition {
  const crd = parse(yaml) as Crd;
  const [version, ...more] = crd.spec.versions;
  if (version === undefined || more.length > 0) {
    throw new Error(`${crd.spec.names.kind}: a CRD here has exactly one version`);
  }
  return {
    kind: crd.spec.names.kind,
    apiVersion: `${crd.spec.group}/${version.name}`,
    schema: version.schema.openAPIV3Schema,
  };
}

/** The definitions of all kinds. */
export function definitions(): Definition[] {
  return kindNames.map((name) =>
    definitionOf(readFileSync(join(import.meta.dirname, `${name}.yaml`), "utf8")),
  );
}
