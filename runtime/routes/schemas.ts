import type { JsonSchema } from "../../games/game.ts";
import proofSchema from "../../games/proof.schema.json" with { type: "json" };
import { errors } from "../errors.ts";
import { AMOUNT_LENGTH_MAX } from "../money.ts";

/** A closed object whose fields are all there, unless `optional` names them. */
export function object(
  properties: { readonly [name: string]: JsonSchema },
  optional: readonly string[] = [],
): JsonSchema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: "object", additionalProperties: false, required, properties: { ...properties } };
}

/** An array of items. */
export function list(items: JsonSchema): JsonSchema {
  return { type: "array", items };
}

/** Null where there is none. */
export function orNull(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, { type: "null" }] };
}

/** One of the documented types, by its name. */
export function ref(name: keyof typeof types): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

export const hash256: JsonSchema = {
  type: "string",
  pattern: "^[0-9a-f]{64}$",
  description: "SHA-256 in lower-case hex",
};
export const clientSeed: JsonSchema = {
  type: "string",
  pattern: "^[A-Za-z0-9_-]{1,64}$",
  description: "1 to 64 characters of A–Z, a–z, 0–9, _ and -",
};
export const currency: JsonSchema = {
  type: "string",
  pattern: "^[A-Z][A-Z0-9]{1,9}$",
  description: "code of a currency, such as USD",
};
export const cursor: JsonSchema = {
  type: "string",
  minLength: 1,
  maxLength: 200,
  description: "`next` of the page before",
};
export const limit: JsonSchema = {
  type: "integer",
  minimum: 1,
  maximum: 200,
  description: "most items of the page; 50 where it is not given",
};
export const money: JsonSchema = {
  type: "string",
  pattern: "^-?(0|[1-9][0-9]*)(\\.[0-9]+)?$",
  description: 'decimal with the digits of the currency, such as "1.00"',
};
/** An amount in a request: not negative. */
export const stake: JsonSchema = {
  type: "string",
  pattern: "^(0|[1-9][0-9]*)(\\.[0-9]+)?$",
  maxLength: AMOUNT_LENGTH_MAX,
  description: 'a decimal with the digits of the currency, such as "1.00"',
};
export const game: JsonSchema = { type: "string", pattern: "^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$" };
export const gameState: JsonSchema = { enum: ["Active", "Draining", "Suspended"] };
export const next: JsonSchema = {
  type: ["string", "null"],
  description: "the cursor of the next page; null where this is the last",
};
/** A moment, as every answer writes it. */
export const time: JsonSchema = { type: "string", format: "date-time" };
export const text: JsonSchema = { type: "string" };
export const uuid: JsonSchema = { type: "string", format: "uuid" };
const nonce: JsonSchema = { type: "integer", minimum: 0 };
export const revision: JsonSchema = { type: "string", pattern: "^[0-9a-f]{16}$" };

const pairChain: JsonSchema = {
  description:
    "the block that the pair is mixed with; null: none. The height is null until one is committed, the entropy until the block is final: nothing is played before",
  anyOf: [
    object({
      chain: { ...text, description: "namespace/name of the Chain" },
      network: { type: ["string", "null"] },
      height: { type: ["integer", "null"], minimum: 0 },
      insecure: { type: ["boolean", "null"], description: "a development chain" },
      entropy: { type: ["string", "null"], description: "the block's hash, without 0x" },
    }),
    { type: "null" },
  ],
};

const pairFields = {
  serverSeedHash: hash256,
  nextServerSeedHash: hash256,
  clientSeed,
  clientSeedBy: { enum: ["player", "house"] },
  nonce: { ...nonce, description: "of the next round" },
  chain: pairChain,
  nextChain: pairChain,
} satisfies Record<string, JsonSchema>;

/** Only where the game, or one of the two pairs, has to do with a chain. */
const ofChains = ["chain", "nextChain"];

const problem: JsonSchema = {
  type: "object",
  description: "RFC 9457. `code` is stable; texts are for people and may change.",
  required: ["type", "title", "status", "detail", "code"],
  properties: {
    type: { type: "string", format: "uri" },
    title: text,
    status: { type: "integer" },
    detail: text,
    code: { enum: Object.keys(errors) },
    pointer: { ...text, description: "JSON pointer of the field at fault in the request's body" },
    round: { ...text, description: "the round that stands in the way" },
    instance: { ...text, description: "names a fault of ours in our logs" },
  },
};

/** The fields of a round, as its player may see it. */
export const roundFields = {
  id: { type: "string", format: "uuid" },
  game,
  engine: text,
  revision,
  player: text,
  state: { enum: ["open", "settled", "voided"] },
  version: { type: "integer", minimum: 0 },
  stake: { ...money, description: "all that was debited so far" },
  payout: {
    anyOf: [money, { type: "null" }],
    description: "null where the round was never settled",
  },
  currency,
  bet: {},
  outcome: { description: "hidden parts are absent until the round is over" },
  legalActions: list(object({ type: text })),
  jackpotWins: list(
    object({
      name: text,
      amount: { anyOf: [money, { type: "null" }], description: "null while it is pending" },
      status: { enum: ["pending", "paid"] },
    }),
  ),
  funds: {
    ...object({ before: money, after: money }),
    description:
      "the balance before the first debit, and after the latest debit or credit, a void's too",
  },
  fairness: object({ serverSeedHash: hash256, clientSeed, nonce }),
  createdAt: time,
  settledAt: {
    type: ["string", "null"],
    format: "date-time",
    description: "when it was over: settled, or voided while it was open",
  },
} satisfies Record<string, JsonSchema>;

const stakeLimits = object({
  currency,
  digits: { type: "integer", minimum: 0, maximum: 18 },
  min: money,
  max: money,
  step: money,
  maxPayout: { ...money, description: "a bet that could win more is refused" },
});

// A component of an OpenAPI document is no document of its own: it names no dialect.
const { $schema: _, ...proof } = proofSchema;

const revealed = object({ serverSeed: hash256, serverSeedHash: hash256, clientSeed });

/** The types that answers are made of, as the OpenAPI documents name them. */
export const types = {
  Problem: problem,
  Round: object(roundFields),
  StakeLimits: stakeLimits,
  Proof: proof,
  SeedPair: object(pairFields, ofChains),
  RotatedSeedPair: object({ revealed, ...pairFields }, ofChains),
} satisfies Record<string, JsonSchema>;
