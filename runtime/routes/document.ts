import type { JsonSchema } from "../../games/game.ts";
import { openApi } from "../openapi.ts";
import { represented } from "../representation.ts";
import type { Route } from "../route.ts";

/**
 * GET …/openapi.json: the document of these routes and of itself. It is made again where `changing` gives another
 * text: some of what the routes take may change while they are served.
 */
export function document(
  path: string,
  title: string,
  routes: readonly Route[],
  types: Readonly<Record<string, JsonSchema>>,
  changing: () => string = () => "",
): Route {
  const remembered = represented();
  const route: Route = {
    method: "GET",
    path,
    name: "openapi",
    summary: "This document",
    access: "public",
    answers: {
      200: { meaning: "OpenAPI 3.1, with an ETag.", schema: { type: "object" } },
      304: { meaning: "The document is the one that If-None-Match names." },
    },
    refusals: [],
    async handle() {
      const made = () => openApi({ title, version: "v1" }, [...routes, route], types);
      const body = await remembered(changing(), async () => JSON.stringify(made()));
      return { status: 200, body };
    },
  };
  return route;
}
