import type { JsonSchema } from "../../games/game.ts";
import {
  currency,
  game,
  hash256,
  list,
  money,
  object,
  orNull,
  text,
  time,
} from "../../runtime/routes/schemas.ts";

const count: JsonSchema = { type: "integer", minimum: 0 };

export const eventId = {
  type: "string",
  pattern: "^[0-9]{1,15}$",
  description: "of an event of the stream",
} as const;
export const winId = { type: "string", pattern: "^[1-9][0-9]{0,14}$" } as const;
export const jackpotName = {
  type: "string",
  pattern: "^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$",
} as const;
export const namespaceName = {
  type: "string",
  pattern: "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$",
} as const;

const part: JsonSchema = {
  type: "string",
  pattern: "^[0-9]+(/[1-9][0-9]*)?$",
  description: 'exact, in lowest terms, such as "1/100"',
};

const terms = object({
  seed: { ...money, description: "from the casino, in each new pool" },
  ceiling: { ...money, description: "the most that the pool holds" },
  contribution: { ...part, description: "of every stake, paid by the casino" },
  overflowShare: { ...part, description: "of each contribution" },
  trigger: {
    anyOf: [object({ mustHitBy: money }), object({ oneIn: text, per: money })],
  },
});

/** A jackpot as GET /jackpots shows it. */
export const jackpotItem = object({
  namespace: namespaceName,
  name: jackpotName,
  currency,
  digits: { type: "integer", minimum: 0, maximum: 18 },
  pool: { ...money, description: "what the next win pays, rounded down" },
  overflow: { ...money, description: "what feeds the next pool" },
  contributions: { ...money, description: "all that stakes have added" },
  wins: count,
  lastWin: orNull(object({ id: winId, amount: money, game, at: time, proof: text })),
  commitment: {
    ...orNull(hash256),
    description: "SHA-256 of salt and threshold; null where a draw decides",
  },
  games: list(game),
  terms,
  pendingTerms: { ...orNull(terms), description: "in force after the next win" },
  rules: object({
    ...{ funding: text, seed: text, ceiling: text, winning: text },
    ...{ returnToPlayer: text, simultaneousWins: text },
  }),
});
