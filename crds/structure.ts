import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import type { Problem } from "../games/game.ts";
import { isObject } from "./defaults.ts";
import type { Schema } from "./schemas.ts";

/** A check of a value's structure against a structural schema; `fatal` where the rules cannot be evaluated on it. */
export type Structure = (value: unknown) => { problems: Problem[]; fatal: boolean };

/** As in the API server: after one of these, CEL rules are not evaluated. */
const fatalWords = new Set(["type", "required", "enum", "maxLength", "maxItems", "maxProperties"]);

const dateTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/** ajv with the words that Kubernetes adds to JSON Schema. */
function kubernetesAjv(): Ajv {
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, verbose: true });
  ajv.addVocabulary([
    "x-kubernetes-int-or-string",
    "x-kubernetes-preserve-unknown-fields",
    "x-kubernetes-map-type",
    "x-kubernetes-list-type",
    "x-kubernetes-list-map-keys",
    "x-kubernetes-validations",
  ]);
  const integer = (limit: number) => ({
    type: "number" as const,
    validate: (value: number) => value >= -limit && value < limit,
  });
  ajv.addFormat("int32", integer(2 ** 31));
  ajv.addFormat("int64", integer(2 ** 63));
  ajv.addFormat("date-time", dateTime);
  return ajv;
}

/** Compiles a structural schema. Fields that it does not name are faults, as in strict field validation. */
export function structureOf(schema: Schema): Structure {
  const validate: ValidateFunction = kubernetesAjv().compile(closed(schema));
  return (value) => {
    validate(value);
    const errors = validate.errors ?? [];
    return {
      problems: errors.map(problemOf),
      fatal: errors.some(({ keyword }) => fatalWords.has(keyword)),
    };
  };
}

/** The schema with every object closed that does not say otherwise. */
function closed(schema: Schema): Schema {
  const { "x-kubernetes-int-or-string": intOrString, properties, items } = schema;
  const open = schema["x-kubernetes-preserve-unknown-fields"] === true;
  return {
    ...schema,
    ...(intOrString === true && { type: ["integer", "string"] as unknown as string }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, property]) => [name, closed(property)]),
      ),
    }),
    ...(properties && !open && { additionalProperties: false as unknown as Schema }),
    ...(items && { items: closed(items) }),
    ...(schema.additionalProperties && {
      additionalProperties: closed(schema.additionalProperties),
    }),
  };
}

const explain: { [keyword: string]: (error: ErrorObject) => Problem } = {
  required: ({ instancePath, params }) => ({
    pointer: `${instancePath}/${escaped(params["missingProperty"])}`,
    message: "is missing; it has no default",
  }),
  additionalProperties: ({ instancePath, params, parentSchema }) => ({
    pointer: `${instancePath}/${escaped(params["additionalProperty"])}`,
    message: `unknown field; remove it or use one of ${Object.keys(parentSchema?.["properties"] ?? {}).join(", ")}`,
  }),
  enum: ({ instancePath, params }) => ({
    pointer: instancePath,
    message: `must be one of ${params["allowedValues"].join(", ")}`,
  }),
  type: ({ instancePath, params, data }) => ({
    pointer: instancePath,
    message:
      params["type"] === "string" && !isObject(data) && !Array.isArray(data)
        ? `must be text; write it in quotes, "${data}"`
        : `must be of type ${params["type"]}`,
  }),
};

function problemOf(error: ErrorObject): Problem {
  const known = explain[error.keyword]?.(error);
  return known ?? { pointer: error.instancePath, message: error.message ?? error.keyword };
}

function escaped(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
