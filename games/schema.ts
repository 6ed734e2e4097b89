// JSON Schema for documents that people write: every fault names its field and the cure.
import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import type { Json, JsonSchema, Problem } from "./game.ts";

const longestQuote = 60;

/** Judges a value; where the schema has defaults, they are filled into the value itself. */
export type Validator = (value: Json) => Problem[];

/** The text of a JSON pointer's segment, with its two escapes. */
export function pointerSegment(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** Compiles a schema once; the validator may then be called for every request. */
export function validator(schema: JsonSchema, options: { everyFault?: boolean } = {}): Validator {
  const ajv = new Ajv2020({
    allErrors: options.everyFault ?? false,
    allowUnionTypes: true,
    discriminator: true,
    useDefaults: true,
    verbose: true,
    // To judge the schema itself would compile the metaschema each time: 1 MB and 70 ms. Tests do that.
    validateSchema: false,
  });
  const validate = ajv.compile(schema);
  return (value) => (validate(value) ? [] : (validate.errors ?? []).map(problemOf));
}

function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text;
}

function problemOf(error: ErrorObject): Problem {
  const at = error.instancePath;
  const say = messages[error.keyword];
  return say ? say(error) : { pointer: at, message: `${quoted(error.data)} ${error.message}` };
}

function expectation(error: ErrorObject): string {
  const description: unknown = error.parentSchema?.["description"];
  return typeof description === "string" ? `: ${description}` : "";
}

/** Keywords whose own words do not say what to do. */
const messages: { [keyword: string]: (error: ErrorObject) => Problem } = {
  required: ({ instancePath, params, parentSchema }) => ({
    pointer: `${instancePath}/${pointerSegment(params["missingProperty"])}`,
    message: `is required, add it${fieldExpectation(parentSchema, params["missingProperty"])}`,
  }),
  additionalProperties: ({ instancePath, params, parentSchema }) => ({
    pointer: `${instancePath}/${pointerSegment(params["additionalProperty"])}`,
    message: `is not known here, remove it; known: ${known(parentSchema)}`,
  }),
  type: (error) => ({
    pointer: error.instancePath,
    message: `${quoted(error.data)} must be ${[error.params["type"]].flat().join(" or ")}${
      error.params["type"] === "string" && typeof error.data === "number"
        ? ", write it in quotes"
        : ""
    }${expectation(error)}`,
  }),
  enum: (error) => ({
    pointer: error.instancePath,
    message: `${quoted(error.data)} must be one of ${error.params["allowedValues"].join(", ")}`,
  }),
  discriminator: ({ instancePath, params, parentSchema }) => ({
    pointer: `${instancePath}/${params["tag"]}`,
    message: `${quoted(params["tagValue"])} must be one of ${tags(parentSchema, params["tag"])}`,
  }),
  const: (error) => ({
    pointer: error.instancePath,
    message: `${quoted(error.data)} must be ${quoted(error.params["allowedValue"])}`,
  }),
  minProperties: (error) => ({
    pointer: error.instancePath,
    message: `has too few fields, give ${error.params["limit"]}${choice(error)}`,
  }),
  maxProperties: (error) => ({
    pointer: error.instancePath,
    message: `has too many fields, give only ${error.params["limit"]}${choice(error)}`,
  }),
  pattern: (error) => ({
    pointer: error.instancePath,
    message: `${quoted(error.data)} is not written as it must be${expectation(error)}`,
  }),
};

function fieldExpectation(parent: ErrorObject["parentSchema"], field: string): string {
  const description: unknown = parent?.["properties"]?.[field]?.["description"];
  return typeof description === "string" ? `: ${description}` : "";
}

/** What fields there may be: their names where they are fixed. */
function choice(error: ErrorObject): string {
  return error.parentSchema?.["properties"]
    ? ` of: ${known(error.parentSchema)}`
    : expectation(error);
}

/** The values that tell the alternatives of a `oneOf` apart. */
function tags(parent: ErrorObject["parentSchema"], tag: string): string {
  const alternatives: JsonSchema[] = parent?.["oneOf"] ?? [];
  return alternatives
    .map((it) => (it["properties"] as JsonSchema)[tag] as JsonSchema)
    .map((it) => it["const"])
    .join(", ");
}

function known(parent: ErrorObject["parentSchema"]): string {
  return Object.keys(parent?.["properties"] ?? {}).join(", ") || "none";
}
