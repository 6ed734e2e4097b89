import { compile } from "json-schema-to-typescript";
import { definitionOf, type Schema } from "./schemas.ts";

/**
 * The TypeScript of a CRD's schema, as an object looks once the API server has filled the defaults in: a property
 * with a default is never absent.
 */
export async function typesOf(yaml: string, source: string): Promise<string> {
  const { kind, apiVersion, schema } = definitionOf(yaml);
  const root = forTypes(schema, new Map());
  root.properties = {
    ...root.properties,
    apiVersion: { type: "string", enum: [apiVersion] },
    kind: { type: "string", enum: [kind] },
    metadata: { tsType: "ObjectMeta" },
  };
  root.required = ["apiVersion", "kind", "metadata", ...(root.required ?? [])];
  const imports = [
    ...(yaml.includes("preserve-unknown-fields")
      ? ['import type { Json } from "../../games/game.ts";']
      : []),
    'import type { ObjectMeta } from "../object-meta.ts";',
  ];
  return compile(root as Parameters<typeof compile>[0], kind, {
    additionalProperties: false,
    bannerComment: `// Generated from ${source} by \`npm run generate\`: do not edit.\n${imports.join("\n")}\n`,
    ignoreMinAndMaxItems: true,
    style: { printWidth: 100, semi: true },
  });
}

/** Rewrites what json-schema-to-typescript does not read as Kubernetes means it; a shared schema stays shared. */
function forTypes(schema: Schema, seen: Map<Schema, Schema>): Schema {
  const known = seen.get(schema);
  if (known !== undefined) return known;
  if (schema["x-kubernetes-int-or-string"] === true) return { tsType: "number | string" };
  if (schema["x-kubernetes-preserve-unknown-fields"] === true) {
    return { ...schema, tsType: "{ [name: string]: Json }" };
  }
  const properties = Object.entries(schema.properties ?? {});
  const filled = properties
    .filter(([, value]) => value.default !== undefined)
    .map(([name]) => name);
  const rewritten: Schema = {
    ...schema,
    ...(schema.properties && {
      properties: Object.fromEntries(
        properties.map(([name, value]) => [name, forTypes(value, seen)]),
      ),
      required: [...new Set([...(schema.required ?? []), ...filled])],
    }),
    ...(schema.items && { items: forTypes(schema.items, seen) }),
    ...(schema.additionalProperties && {
      additionalProperties: forTypes(schema.additionalProperties, seen),
    }),
  };
  seen.set(schema, rewritten);
  return rewritten;
}
