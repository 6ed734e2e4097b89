import type { Context, Middleware } from "koa";
import type { Authenticate } from "./auth.ts";
import { readBody } from "./body.ts";
import { isRefusal, type Refusal } from "./errors.ts";
import { problemOf } from "./problem.ts";
import { Representation } from "./representation.ts";
import { type Answer, bodyCheck, type Call, queryCheck, type Route, scopeOf } from "./route.ts";

/** 1 to 255 visible ASCII characters. */
const keyText = /^[\x21-\x7e]{1,255}$/;

/** Writes a refusal as the answer. */
export function refuse(ctx: Context, refusal: Refusal): void {
  const { status, headers, body } = problemOf(refusal);
  ctx.set(headers);
  ctx.status = status;
  ctx.body = body;
  ctx.type = "application/problem+json";
}

async function playerOf(ctx: Context, route: Route, authenticate: Authenticate) {
  if (route.access === "public") return "";
  const caller = await authenticate(ctx.get("authorization"));
  if (isRefusal(caller)) return caller;
  const scope = scopeOf(route);
  if (scope !== undefined && !caller.scopes.has(scope)) {
    const detail = `this call needs a token with the scope ${scope}`;
    return { refused: "forbidden", detail } as const;
  }
  return caller.player;
}

function headersOf(ctx: Context, route: Route): Record<string, string> {
  const pairs = Object.keys(route.headers ?? {}).map((name) => [name, ctx.get(name)]);
  return Object.fromEntries(pairs.filter(([, value]) => value !== ""));
}

/**
 * A route as Koa middleware: token, key, query and body are checked in this order, then it is asked.
 * What it answers, a result or a refusal, becomes the response.
 */
export function endpoint(route: Route, authenticate: Authenticate): Middleware {
  const queryFault = queryCheck(route.query ?? {});
  const schemaFault = route.body === undefined ? () => null : bodyCheck(route.body);

  async function call(ctx: Context): Promise<Call | Refusal> {
    const player = await playerOf(ctx, route, authenticate);
    if (isRefusal(player)) return player;
    const key = route.idempotencyKey ? ctx.get("idempotency-key") : "";
    if (route.idempotencyKey && !keyText.test(key)) return { refused: "idempotency_key_required" };
    const query = queryFault(new URLSearchParams(ctx.querystring));
    if (isRefusal(query)) return query;
    const body = route.body === undefined ? { json: undefined } : await readBody(ctx.req);
    if (isRefusal(body)) return body;
    const headers = headersOf(ctx, route);
    return { player, key, headers, params: ctx["params"], query: query.query, body: body.json };
  }

  async function answer(ctx: Context): Promise<Answer | Refusal> {
    const request = await call(ctx);
    if (isRefusal(request)) return request;
    const fault = schemaFault(request.body) ?? route.check?.(request.body) ?? null;
    if (fault === null) return await route.handle(request);
    return (await route.recall?.(request)) ?? fault;
  }

  return async (ctx) => {
    const result = await answer(ctx);
    if (isRefusal(result)) return refuse(ctx, result);
    ctx.set("Cache-Control", route.access === "public" ? "no-cache" : "no-store");
    ctx.status = result.status;
    if (result.body instanceof Representation) return result.body.send(ctx);
    ctx.body = result.body;
    ctx.type = route.answers[result.status]?.type ?? "application/json";
  };
}
