import { isDeepStrictEqual } from "node:util";
import { Environment, type ParseResult } from "@marcbachmann/cel-js";
import type { Problem } from "../games/game.ts";
import { isObject } from "./defaults.ts";
import { fieldSchema, type Schema } from "./schemas.ts";

/**
 * What a CRD says beyond the structure: its CEL rules and the uniqueness of its sets and maps. `old` is the object
 * before an update; rules that name oldSelf hold only where there is one.
 */
export function ruleProblems(
  schema: Schema,
  value: unknown,
  old?: unknown,
  pointer = "",
): Problem[] {
  return [
    ...celProblems(schema, value, old, pointer),
    ...duplicates(schema, value, pointer),
    ...children(schema, value, old).flatMap((child) =>
      ruleProblems(child.schema, child.value, child.old, `${pointer}/${child.name}`),
    ),
  ];
}

interface Child {
  schema: Schema;
  name: string;
  value: unknown;
  old: unknown;
}

function children(schema: Schema, value: unknown, old: unknown): Child[] {
  if (Array.isArray(value) && schema.items) {
    const { items } = schema;
    const before = Array.isArray(old) ? old : [];
    return value.map((item, index) => ({
      schema: items,
      name: String(index),
      value: item,
      old: before.find((other) => sameEntry(schema, item, other)),
    }));
  }
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, child]) => {
    const known = fieldSchema(schema, name);
    return known
      ? [{ schema: known, name, value: child, old: isObject(old) ? old[name] : undefined }]
      : [];
  });
}

/** Only the entries of a map keep their identity between two versions. */
function sameEntry(schema: Schema, one: unknown, other: unknown): boolean {
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  return keys.length > 0 && isDeepStrictEqual(entryKey(keys, one), entryKey(keys, other));
}

function entryKey(keys: readonly string[], entry: unknown): unknown[] {
  return isObject(entry) ? keys.map((key) => entry[key]) : [entry];
}

function duplicates(schema: Schema, value: unknown, pointer: string): Problem[] {
  const kind = schema["x-kubernetes-list-type"];
  if (!Array.isArray(value) || (kind !== "set" && kind !== "map")) return [];
  const names = schema["x-kubernetes-list-map-keys"] ?? [];
  const keys = value.map((entry) => entryKey(names, entry));
  return keys.flatMap((key, index) => {
    const first = keys.findIndex((other) => isDeepStrictEqual(other, key));
    if (first === index) return [];
    const message = `entry ${first} has ${names.join(", ")} ${key.join(", ")} already; remove one of the two`;
    return [{ pointer: `${pointer}/${index}`, message }];
  });
}

const environment = new Environment()
  .registerVariable("self", "dyn")
  .registerVariable("oldSelf", "dyn");
const compiled = new Map<string, ParseResult>();

function compile(rule: string): ParseResult {
  const known = compiled.get(rule) ?? environment.parse(rule);
  compiled.set(rule, known);
  return known;
}

function celProblems(schema: Schema, value: unknown, old: unknown, pointer: string): Problem[] {
  const rules = schema["x-kubernetes-validations"] ?? [];
  return rules.flatMap(({ rule, message }) => {
    const transition = /\boldSelf\b/.test(rule);
    if (transition && old === undefined) return [];
    const self = celValue(schema, value);
    const context = transition ? { self, oldSelf: celValue(schema, old) } : { self };
    return holds(rule, context) ? [] : [{ pointer, message: message ?? `fails the rule ${rule}` }];
  });
}

/** As in the API server, a rule that cannot be evaluated does not hold. */
function holds(rule: string, context: { [name: string]: unknown }): boolean {
  const program = compile(rule);
  try {
    return program(context) === true;
  } catch {
    return false;
  }
}

/** The value as CEL has it: integers as int, and only the fields that the schema names. */
function celValue(schema: Schema, value: unknown): unknown {
  if (typeof value === "number") return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.map((item) => celValue(items, item)) : [];
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, child]) => {
      const known = fieldSchema(schema, name);
      return known ? [[name, celValue(known, child)]] : [];
    }),
  );
}
