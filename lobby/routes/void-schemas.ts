import type { JsonSchema } from "../../games/game.ts";
import { PLAYER_PATTERN } from "../../runtime/auth.ts";
import {
  currency,
  game,
  money,
  object,
  orNull,
  text,
  time,
  uuid,
} from "../../runtime/routes/schemas.ts";

/** A round as a request names it. */
export const round: JsonSchema = {
  type: "string",
  pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
  description: "id of a round, a UUID in small letters",
};

export const reason: JsonSchema = {
  type: "string",
  pattern: PLAYER_PATTERN.replace("{1,255}", "{1,500}"),
  description: "why, for the journal and the player: 1 to 500 characters, none a control character",
};

export const voidReference: JsonSchema = {
  type: "string",
  pattern: PLAYER_PATTERN,
  description: "the casino's own name of this void, 1 to 255 characters",
};

/** An entry of the journal. */
export const voidEntry = object({
  id: uuid,
  game,
  round: uuid,
  was: { enum: ["open", "settled"], description: "the round's state before" },
  player: text,
  currency,
  stake: { ...money, description: "all that the round had debited: given back" },
  payout: {
    ...orNull(money),
    description: "what it had paid: taken back; null where it was open",
  },
  amount: { ...money, description: "stake less payout: positive came to the player" },
  balance: { ...object({ before: money, after: money }), description: "the player's" },
  reason: text,
  by: { ...text, description: "`sub` of the administrator's token" },
  reference: text,
  at: time,
});
