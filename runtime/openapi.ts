import type { Json, JsonSchema } from "../games/game.ts";
import { type Code, errors } from "./errors.ts";
import { type Route, scopeOf } from "./route.ts";

/** What a route can refuse because of what it takes, beside its own codes. */
function codesOf(route: Route): Code[] {
  // Query parameters that nobody knows are refused everywhere.
  const always: Code[] = ["malformed", "too_many_requests", "internal_error", "unavailable"];
  const codes: Code[] = [...route.refusals, ...always];
  if (route.access !== "public") codes.push("unauthorized");
  if (scopeOf(route) !== undefined) codes.push("forbidden");
  if (route.idempotencyKey) codes.push("idempotency_key_required");
  if (route.body !== undefined) {
    codes.push("payload_too_large", "unsupported_media_type", "invalid_request");
  }
  return [...new Set(codes)];
}

function problems(route: Route): { [status: string]: Json } {
  const byStatus = Map.groupBy(codesOf(route), (code) => errors[code].status);
  const responses = [...byStatus].map(([status, codes]) => {
    const description = codes.map((code) => `\`${code}\`: ${errors[code].meaning}`).join("\n\n");
    const schema = { $ref: "#/components/schemas/Problem" };
    const content = { "application/problem+json": { schema } };
    return [String(status), { description, headers: headersOf(status), content }];
  });
  return Object.fromEntries(responses);
}

function headersOf(status: number): { [name: string]: Json } {
  const text = { schema: { type: "string" } };
  if (status === 401 || status === 403) return { "WWW-Authenticate": text };
  const seconds = { schema: { type: "integer" }, description: "seconds to wait" };
  // At 409 it comes with what only needs time (entropy_pending).
  return status === 409 || status === 429 || status === 503 ? { "Retry-After": seconds } : {};
}

function answers(route: Route): { [status: string]: Json } {
  const responses = Object.entries(route.answers).map(([status, { meaning, schema, type }]) => {
    const content = schema && { [type ?? "application/json"]: { schema } };
    return [status, { description: meaning, ...(content ? { content } : {}) }];
  });
  return Object.fromEntries(responses);
}

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => {
    return { name, in: "path", required: true, schema: { type: "string" } };
  });
}

function parameters(route: Route): Json[] {
  const query = Object.entries(route.query ?? {}).map(([name, schema]) => {
    return { name, in: "query", required: false, schema };
  });
  const key = {
    name: "Idempotency-Key",
    in: "header",
    required: true,
    description: "Names this request: sent again with the same key, it is done once.",
    schema: { type: "string", minLength: 1, maxLength: 255, pattern: "^[!-~]+$" },
  };
  const headers = Object.entries(route.headers ?? {}).map(([name, schema]) => {
    return { name, in: "header", required: false, schema };
  });
  const own = [...pathParameters(route.path), ...query, ...headers];
  return route.idempotencyKey ? [...own, key] : own;
}

function operation(route: Route): Json {
  const schema = route.documentedBody?.() ?? route.body;
  const body = schema && { required: true, content: { "application/json": { schema } } };
  return {
    operationId: route.name,
    summary: route.summary,
    parameters: parameters(route),
    ...(body ? { requestBody: body } : {}),
    responses: { ...answers(route), ...problems(route) },
    security: route.access === "public" ? [] : [{ token: [] }],
  };
}

/** The OpenAPI 3.1 document of some routes. Pure: the same routes that are served, nothing else. */
export function openApi(
  info: { title: string; version: string },
  routes: readonly Route[],
  schemas: Readonly<Record<string, JsonSchema>>,
): { [key: string]: Json } {
  const byPath = Object.entries(Object.groupBy(routes, (route) => route.path));
  const paths = byPath.map(([path, group = []]) => {
    const operations = group.map((route) => [route.method.toLowerCase(), operation(route)]);
    return [path, Object.fromEntries(operations)];
  });
  const token = {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description:
      "`sub` is who calls; the scope `cashier` may transfer money and read every player's records, `administrator` may void rounds.",
  };
  return {
    openapi: "3.1.0",
    info,
    paths: Object.fromEntries(paths),
    components: { schemas: { ...schemas }, securitySchemes: { token } },
  };
}
