import { fieldSchema, type Schema } from "./schemas.ts";

/**
 * The value as the API server sees it before it validates: defaults filled in, and a null that the schema does not
 * allow treated as an absent field.
 */
export function withDefaults(schema: Schema, value: unknown): unknown {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.map((item) => withDefaults(items, item)) : value;
  }
  return isObject(value) ? { ...given(schema, value), ...missing(schema, value) } : value;
}

function given(schema: Schema, value: { [name: string]: unknown }): { [name: string]: unknown } {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, child]) => {
      const known = fieldSchema(schema, name);
      if (known === undefined) return [[name, child]];
      return child === null ? [] : [[name, withDefaults(known, child)]];
    }),
  );
}

function missing(schema: Schema, value: { [name: string]: unknown }): { [name: string]: unknown } {
  const properties = Object.entries(schema.properties ?? {});
  return Object.fromEntries(
    properties
      .filter(([name, property]) => property.default !== undefined && value[name] == null)
      .map(([name, property]) => [name, withDefaults(property, structuredClone(property.default))]),
  );
}

/** Is it a JSON object, neither null nor a list? */
export function isObject(value: unknown): value is { [name: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
