import type { JsonSchema } from "../../games/game.ts";
import { openApi } from "../openapi.ts";
import type { Route } from "../route.ts";

/** GET …/openapi.json: the document of these routes and of itself, made once. */
export function document(
  path: string,
  title: string,
  routes: readonly Route[],
  types: Readonly<Record<string, JsonSchema>>,
): Route {
  const route: Route = {
    method: "GET",
    path,
    name: "openapi",
    summary: "This document",
    access: "public",
    answers: { 200: { meaning: "OpenAPI 3.1.", schema: { type: "object" } } },
    refusals: [],
    async handle() {
      return { status: 200, body };
    },
  };
  const body = openApi({ title, version: "v1" }, [...routes, route], types);
  return route;
}
