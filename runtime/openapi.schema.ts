/**
 * The form of an OpenAPI 3.1 document as far as our documents use it, written from the specification
 * (https://spec.openapis.org/oas/v3.1.0) and closed: a field that is not listed is a fault. For tests.
 */
import type { Json, JsonSchema } from "../games/game.ts";

const text: Json = { type: "string" };
const flag: Json = { type: "boolean" };

function closed(properties: { [name: string]: Json }, required: string[] = []): JsonSchema {
  const patternProperties = { "^x-": true };
  return { type: "object", properties, required, patternProperties, additionalProperties: false };
}

function map(values: Json, keys: Json = {}): JsonSchema {
  return { type: "object", additionalProperties: values, propertyNames: keys };
}

function listOf(items: Json): JsonSchema {
  return { type: "array", items };
}

function to(name: string): JsonSchema {
  return { $ref: `#/$defs/${name}` };
}

const componentName: Json = { pattern: "^[a-zA-Z0-9._-]+$" };
/** A Schema Object of OpenAPI 3.1 is a schema of JSON Schema 2020-12. */
const schema: JsonSchema = { $ref: "https://json-schema.org/draft/2020-12/schema" };

const parameter: JsonSchema = {
  ...closed(
    {
      name: text,
      in: { enum: ["query", "header", "path", "cookie"] },
      description: text,
      required: flag,
      deprecated: flag,
      schema: to("schema"),
      example: true,
    },
    ["name", "in", "schema"],
  ),
  if: { properties: { in: { const: "path" } } },
  // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema.
  then: { properties: { required: { const: true } }, required: ["required"] },
};

const operation = closed(
  {
    tags: listOf(text),
    summary: text,
    description: text,
    operationId: text,
    parameters: listOf(to("parameter")),
    requestBody: closed({ description: text, content: to("content"), required: flag }, ["content"]),
    responses: {
      ...map(to("response"), { pattern: "^([1-5](\\d\\d|XX)|default)$" }),
      minProperties: 1,
    },
    deprecated: flag,
    security: listOf(map(listOf(text))),
  },
  ["responses"],
);

const securityScheme: JsonSchema = {
  oneOf: [
    closed({ type: { const: "http" }, scheme: text, bearerFormat: text, description: text }, [
      "type",
      "scheme",
    ]),
    closed(
      {
        type: { const: "apiKey" },
        name: text,
        in: { enum: ["query", "header", "cookie"] },
        description: text,
      },
      ["type", "name", "in"],
    ),
  ],
};

const methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

const pathItem = closed({
  summary: text,
  description: text,
  parameters: listOf(to("parameter")),
  ...Object.fromEntries(methods.map((method) => [method, to("operation")])),
});

/** A schema that OpenAPI 3.1 documents pass. */
export const openApiDocument: JsonSchema = {
  ...closed(
    {
      openapi: { type: "string", pattern: "^3\\.1\\.\\d+$" },
      info: closed(
        {
          title: text,
          summary: text,
          description: text,
          version: text,
          license: closed({ name: text, identifier: text, url: text }, ["name"]),
        },
        ["title", "version"],
      ),
      jsonSchemaDialect: text,
      servers: listOf(closed({ url: text, description: text }, ["url"])),
      paths: map(to("pathItem"), { pattern: "^/" }),
      components: closed({
        schemas: map(to("schema"), componentName),
        securitySchemes: map(securityScheme, componentName),
      }),
      security: listOf(map(listOf(text))),
      tags: listOf(closed({ name: text, description: text }, ["name"])),
    },
    ["openapi", "info", "paths"],
  ),
  $defs: {
    schema,
    parameter,
    operation,
    pathItem,
    header: closed({ description: text, required: flag, schema: to("schema") }, ["schema"]),
    content: map(closed({ schema: to("schema"), example: true })),
    response: closed({ description: text, headers: map(to("header")), content: to("content") }, [
      "description",
    ]),
  },
};
