import { isRefusal, type Refusal } from "../../runtime/errors.ts";
import type { Route } from "../../runtime/route.ts";
import { game, object } from "../../runtime/routes/schemas.ts";
import type { LobbyService } from "./service.ts";
import { reason, round, voidEntry, voidReference } from "./void-schemas.ts";

type Body = { game: string; round: string; reason: string; reference: string };

/** A pattern that wants a letter somewhere is more than some clients' generators can do. */
function check(body: Body): Refusal | null {
  if (body.reason.trim() !== "") return null;
  const detail = "the reason is blank: say why the round is voided";
  return { refused: "invalid_request", pointer: "/reason", detail };
}

/** POST /voids: an administrator takes a round back. */
export function makeVoid({ voids }: LobbyService): Route<Body> {
  return {
    method: "POST",
    path: "/voids",
    name: "voidRound",
    summary: "Void a round: give back its stakes, take back its payout, once for each reference",
    access: "administrator",
    body: object({ game, round, reason, reference: voidReference }),
    check,
    answers: {
      201: { meaning: "The journal's entry. It is durable.", schema: voidEntry },
      200: { meaning: "The entry that this reference made before.", schema: voidEntry },
    },
    refusals: ["insufficient_funds", "not_found", "round_voided", "idempotency_mismatch"],
    async handle({ player: by, body }) {
      const result = await voids.make({ ...body, by });
      if (isRefusal(result)) return result;
      return "created" in result
        ? { status: 201, body: result.created }
        : { status: 200, body: result.replayed };
    },
  };
}
