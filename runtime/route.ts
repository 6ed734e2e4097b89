import type { Readable } from "node:stream";
import type { Json, JsonSchema } from "../games/game.ts";
import { validator } from "../games/schema.ts";
import type { Code, Refusal } from "./errors.ts";
import type { Representation } from "./representation.ts";

/** A checked request, as a route's `handle` gets it. */
export interface Call<Body = unknown, Query = unknown> {
  /** `sub` of the token; empty where the route is public. */
  readonly player: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  /** Those that the route heeds and the request has, by their names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
  /** The Idempotency-Key; empty where the route takes none. */
  readonly key: string;
}

/** What a token may allow beyond its player's own play. */
export type Scope = "cashier" | "administrator";

/** The scope that a route asks for, if it does. */
export function scopeOf({ access }: Pick<Route, "access">): Scope | undefined {
  return access === "public" || access === "player" ? undefined : access;
}

export interface Answer {
  readonly status: number;
  /** What JSON is made of, JSON text, or a stream of the route's own media type. */
  readonly body: object | Json | Representation | Readable;
}

export interface AnswerEntry {
  readonly meaning: string;
  readonly schema?: JsonSchema;
  readonly type?: string;
}

/** One call of the API: what serves it, and what its OpenAPI document says. */
export interface Route<Body = unknown, Query = unknown> {
  readonly method: "GET" | "POST";
  /** As OpenAPI writes it: `/games/dice/rounds/{id}`. */
  readonly path: string;
  readonly name: string;
  readonly summary: string;
  /** Who may call it: anybody, whoever has a token, or whose token has this scope. */
  readonly access: "public" | "player" | Scope;
  readonly idempotencyKey?: true;
  /** Parameter → its schema; all are optional. */
  readonly query?: Readonly<Record<string, JsonSchema>>;
  /** Headers that it heeds, in small letters → their schemas; all are optional. */
  readonly headers?: Readonly<Record<string, JsonSchema>>;
  readonly body?: JsonSchema;
  /** The body as the document shows it, where the parts behind the route judge some of it. */
  documentedBody?(): JsonSchema;
  /** What the schema of the body cannot say. */
  check?(body: Body): Refusal | null;
  /** Answers a key that came before: keys are looked up before a body is found to be at fault. */
  recall?(call: Call): Promise<Answer | Refusal | null>;
  /** Status of success → what it means, the schema of its body if it has one, and its media type where it is not JSON. */
  readonly answers: Readonly<Record<number, AnswerEntry>>;
  /** Codes beside those that every route of its kind can answer. */
  readonly refusals: readonly Code[];
  handle(call: Call<Body, Query>): Promise<Answer | Refusal>;
}

/** The check of a body: null, or 422 with the pointer of the first field at fault. */
export function bodyCheck(schema: JsonSchema): (body: unknown) => Refusal | null {
  const faults = validator(schema);
  return (body) => {
    const [fault] = faults(body as Json);
    if (fault === undefined) return null;
    const { pointer, message } = fault;
    return { refused: "invalid_request", pointer, detail: `${pointer || "the body"}: ${message}` };
  };
}

/** Queries are text: where a number is wanted, digits are read as one. */
function typed(schema: JsonSchema | undefined, text: string): Json {
  return schema?.["type"] === "integer" && /^\d{1,15}$/.test(text) ? Number(text) : text;
}

/** The check of a query string: its parameters, typed; 400 for one that is unknown or wrong. */
export function queryCheck(
  properties: Readonly<Record<string, JsonSchema>>,
): (search: URLSearchParams) => { query: object } | Refusal {
  const faults = validator({ type: "object", additionalProperties: false, properties });
  return (search) => {
    const pairs = [...search].map(([name, text]) => [name, typed(properties[name], text)]);
    const query: Record<string, Json> = Object.fromEntries(pairs);
    if (Object.keys(query).length < search.size) {
      return { refused: "malformed", detail: "a query parameter is given twice" };
    }
    const [fault] = faults(query);
    if (fault === undefined) return { query };
    const detail = `query parameter ${fault.pointer.slice(1)}: ${fault.message}`;
    return { refused: "malformed", detail };
  };
}
