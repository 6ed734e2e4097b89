import type { JsonSchema } from "../../games/game.ts";
import winSchema from "../../games/jackpot-win.schema.json" with { type: "json" };
import { PLAYER_PATTERN } from "../../runtime/auth.ts";
import {
  currency,
  game,
  gameState,
  list,
  money,
  object,
  orNull,
  ref,
  types as shared,
  text,
  time,
  uuid,
} from "../../runtime/routes/schemas.ts";

const fraction: JsonSchema = {
  type: "string",
  pattern: "^[0-9]+(/[1-9][0-9]*)?$",
  description: 'exact, in lowest terms, such as "49/50"',
};

export const player: JsonSchema = {
  type: "string",
  pattern: PLAYER_PATTERN,
  description: "1 to 255 characters, none of them a control character",
};
export const reference: JsonSchema = {
  type: "string",
  pattern: PLAYER_PATTERN,
  description: "the casino's own name of this transfer, 1 to 255 characters",
};

/** A game of the catalogue. */
export const catalogueItem = object({
  name: game,
  title: text,
  engine: text,
  revision: text,
  state: gameState,
  ready: { type: "boolean" },
  rtp: orNull(object({ min: fraction, max: fraction })),
  limits: list(ref("StakeLimits")),
  path: text,
});

export const balance = object({ currency, balance: money });

export const entry = object({
  id: uuid,
  kind: { enum: ["stake", "payout", "void", "jackpot", "deposit", "withdrawal", "refund"] },
  currency,
  amount: { ...money, description: "signed: positive came to the player" },
  game: orNull(game),
  round: orNull(uuid),
  reference: orNull(text),
  createdAt: time,
});

export const transferred = object({
  id: uuid,
  player: text,
  currency,
  amount: money,
  reference: text,
  balance: { ...money, description: "the player's balance" },
  createdAt: time,
});

const { Problem, StakeLimits } = shared;

/** The named types of the lobby's document. */
export const types = { Problem, StakeLimits, ...components("JackpotWinProof", winSchema) };

/** The proof of a jackpot's win. */
export const winProof: JsonSchema = { $ref: "#/components/schemas/JackpotWinProof" };

/** A schema file as components: those are no documents of their own, so they name no dialect and hold no definitions. */
function components(name: string, { $schema: _, $defs, ...schema }: typeof winSchema) {
  const parts = { [name]: schema, ...prefixed(name, $defs) };
  const text = JSON.stringify(parts).replaceAll("#/$defs/", `#/components/schemas/${name}.`);
  return JSON.parse(text) as Record<string, JsonSchema>;
}

function prefixed(name: string, schemas: object): object {
  return Object.fromEntries(
    Object.entries(schemas).map(([key, schema]) => [`${name}.${key}`, schema]),
  );
}
