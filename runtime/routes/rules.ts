import type { JsonSchema, StakeTerms } from "../../games/game.ts";
import { formatAmount } from "../../games/money.ts";
import { represented } from "../representation.ts";
import type { Route } from "../route.ts";
import { jackpotJson, jackpotSchema } from "./jackpot-json.ts";
import { game as gameName, gameState, list, object, ref, revision, text } from "./schemas.ts";
import type { GameService } from "./service.ts";

/** What a revision is: its engine, its configuration and its exact returns. */
export const revisionFields = {
  engine: text,
  engineVersion: text,
  revision,
  config: { description: "the configuration with its defaults" },
  returns: {
    ...list({ type: "object", required: ["bet", "rtp"], properties: { rtp: text } }),
    description: "the exact return to player by bet; with `side` it is a side bet",
  },
} satisfies Record<string, JsonSchema>;

const rulesSchema = object({
  name: gameName,
  title: text,
  state: gameState,
  ...revisionFields,
  betSchema: { description: "JSON Schema of `bet`" },
  actionSchema: { description: "JSON Schema of `action`; null where rounds have one step" },
  limits: list(ref("StakeLimits")),
  openTimeoutSeconds: {
    type: "number",
    description: "a round left open for longer is finished by the default action",
  },
  jackpots: list(jackpotSchema),
  entropy: {
    description: "where new seed pairs take their entropy; null: from no chain",
    anyOf: [
      object({
        chain: { ...text, description: "namespace/name of the Chain" },
        onChainDown: {
          enum: ["Continue", "Stop"],
          description:
            "while the chain does not answer: new pairs are played without, as their proofs show, or wait",
        },
      }),
      { type: "null" },
    ],
  },
});

/** Stake limits as decimals. */
export function limitsJson(stakes: readonly StakeTerms[]): object[] {
  return stakes.map(({ currency, digits, min, max, step, maxPayout }) => ({
    currency,
    digits,
    min: formatAmount(min, digits),
    max: formatAmount(max, digits),
    step: formatAmount(step, digits),
    maxPayout: formatAmount(maxPayout, digits),
  }));
}

/** GET /games/<game>: what this game is and what it returns. */
export function rules({ game, compiled, catalogue, returns }: GameService): Route {
  const { engine, config, betSchema } = compiled;
  const remembered = represented();
  return {
    method: "GET",
    path: `/games/${game}`,
    name: "rules",
    summary: "The rules: configuration, exact returns, schemas and limits",
    access: "public",
    answers: {
      200: { meaning: "The rules, with an ETag.", schema: rulesSchema },
      304: { meaning: "The rules are those that If-None-Match names." },
    },
    refusals: [],
    async handle() {
      const { title, state, stakes, openTimeoutSeconds, jackpots, entropy } = catalogue();
      const rest = {
        name: game,
        title,
        engine: engine.name,
        engineVersion: engine.version,
        revision: compiled.revision,
        state,
        config,
        betSchema,
        actionSchema: engine.actionSchema,
        limits: limitsJson(stakes),
        openTimeoutSeconds,
        jackpots: jackpots.map(jackpotJson),
        entropy,
      };
      // Some games list thousands of bets: their text is never parsed here.
      const head = JSON.stringify(rest);
      const whole = async () => `${head.slice(0, -1)},"returns":${await returns()}}`;
      return { status: 200, body: await remembered(head, whole) };
    },
  };
}
