import { NodeError } from "./adapter.ts";

/** What any node's JSON is made of; anything else is a NodeError, so that no odd answer gets further. */

export type Fields = Readonly<Record<string, unknown>>;

export function fields(value: unknown, what: string): Fields {
  if (typeof value !== "object" || value === null) throw new NodeError(`${what} is no object`);
  return value as Fields;
}

export function list(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new NodeError(`${what} is no list`);
  return value;
}
