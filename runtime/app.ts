import Router from "@koa/router";
import Koa, { type Context, type Middleware } from "koa";
import type { Authenticate } from "./auth.ts";
import { isDatabaseAway } from "./database-away.ts";
import { endpoint, refuse } from "./endpoint.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { Logger } from "./log.ts";
import type { HttpMetrics } from "./metrics.ts";
import { faultOf } from "./problem.ts";
import type { Route } from "./route.ts";

/** More requests than this at once would only wait for one another. */
const IN_FLIGHT_MAX = 1_000;

export interface AppOptions {
  readonly routes: readonly Route[];
  readonly authenticate: Authenticate;
  readonly lifecycle: Lifecycle;
  readonly log: Logger;
  readonly metrics: HttpMetrics;
  readonly inFlightMax?: number;
}

/** Duration, route and status of each request; the route is the pattern, never the path. */
function observed({ metrics, log }: AppOptions): Middleware {
  return async (ctx, next) => {
    const end = metrics.started();
    try {
      await next();
    } finally {
      const route = String(ctx["_matchedRoute"] ?? "none");
      const status = ctx.req.aborted ? "aborted" : String(ctx.status);
      end({ method: ctx.method, route, status });
      log.debug({ method: ctx.method, path: ctx.url, status }, "answered");
    }
  };
}

/** Asks clients to come back on another connection, to another pod. */
function drained({ lifecycle }: AppOptions): Middleware {
  return async (ctx, next) => {
    if (lifecycle.draining) ctx.set("Connection", "close");
    await next();
  };
}

function failed(ctx: Context, error: unknown, { log }: AppOptions): void {
  if (ctx.req.aborted) {
    log.debug({ path: ctx.url }, "the client went away");
    return;
  }
  if (error instanceof Error && "code" in error && error.code === "ERR_INVALID_URL") {
    refuse(ctx, { refused: "malformed", detail: "the target of the request is no address" });
    return;
  }
  if (isDatabaseAway(error)) {
    log.warn({ err: error, path: ctx.url }, "the database is away");
    refuse(ctx, { refused: "unavailable", detail: "the database cannot be reached" });
    return;
  }
  const { status, headers, body } = faultOf();
  log.error({ err: error, path: ctx.url, method: ctx.method, instance: body.instance }, "a fault");
  ctx.set(headers);
  ctx.status = status;
  ctx.body = body;
  ctx.type = "application/problem+json";
}

/** Every error ends here: the database away is 503, all else is a fault of ours. */
function guarded(options: AppOptions): Middleware {
  return async (ctx, next) => {
    ctx.set("X-Content-Type-Options", "nosniff");
    try {
      await next();
    } catch (error) {
      failed(ctx, error, options);
    }
  };
}

function limited({ inFlightMax = IN_FLIGHT_MAX }: AppOptions): Middleware {
  let inFlight = 0;
  return async (ctx, next) => {
    if (inFlight >= inFlightMax)
      return refuse(ctx, { refused: "too_many_requests", retryAfter: 1 });
    inFlight += 1;
    try {
      await next();
    } finally {
      inFlight -= 1;
    }
  };
}

/** What no route answered: OPTIONS, another method, or a path that is none. */
function unmatched(): Middleware {
  return async (ctx, next) => {
    await next();
    if (ctx["_matchedRoute"] !== undefined) return;
    const layers: { methods: string[] }[] = ctx["matched"] ?? [];
    const methods = [...new Set(layers.flatMap((layer) => layer.methods)), "OPTIONS"];
    if (layers.length === 0) return refuse(ctx, { refused: "not_found", detail: "no such path" });
    ctx.set("Allow", methods.join(", "));
    if (ctx.method === "OPTIONS") ctx.status = 204;
    else refuse(ctx, { refused: "method_not_allowed" });
  };
}

function routed({ routes, authenticate }: AppOptions): Middleware {
  const router = new Router({ strict: true, sensitive: true });
  for (const route of routes) {
    const pattern = route.path.replaceAll(/\{(\w+)\}/g, ":$1");
    router.register(pattern, [route.method], endpoint(route, authenticate));
  }
  return router.routes() as unknown as Middleware;
}

/** The HTTP service: a list of middleware, each of which sees only the next. */
export function createApp(options: AppOptions): Koa {
  const app = new Koa();
  const parts = [observed, guarded, drained, limited, unmatched, routed];
  for (const part of parts) app.use(part(options));
  // Only what cannot be answered any more ends there, such as a connection that broke.
  app.on("error", (error) => options.log.debug({ err: error }, "while answering"));
  return app;
}
