import type { Route } from "../../runtime/route.ts";
import { eventId } from "./jackpot-schemas.ts";
import type { LobbyService } from "./service.ts";

type Query = { lastEventId?: string };

/**
 * GET /jackpots/stream: server-sent events. `pools` about once a second while they change, `win`, `terms`
 * and `closed` at once. A client that comes back with Last-Event-ID has missed nothing.
 */
export function streamJackpots({ jackpots }: LobbyService): Route<unknown, Query> {
  const lastEventId = {
    ...eventId,
    description: "the last event that came; those after it follow first",
  };
  return {
    method: "GET",
    path: "/jackpots/stream",
    name: "streamJackpots",
    summary: "Pools and wins as they happen",
    access: "public",
    query: { lastEventId },
    headers: { "last-event-id": lastEventId },
    answers: {
      200: {
        meaning:
          "Events until the connection ends: `pools`, `win`, `terms`, `closed`, each with JSON data.",
        schema: { type: "string" },
        type: "text/event-stream",
      },
    },
    refusals: ["malformed"],
    async handle({ query, headers }) {
      const given = headers["last-event-id"] ?? query.lastEventId;
      const after = given === undefined ? undefined : Number(given);
      if (given !== undefined && !new RegExp(eventId.pattern).test(given)) {
        return { refused: "malformed", detail: "Last-Event-ID is none of ours" };
      }
      // Throws while the database has not been read: what happened since could not be told.
      jackpots.board.items();
      const body = jackpots.streams.open(after);
      if (body === null) return { refused: "too_many_requests", retryAfter: 5 };
      return { status: 200, body };
    },
  };
}
