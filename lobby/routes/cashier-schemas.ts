import type { JsonSchema } from "../../games/game.ts";
import { currency, money, object, orNull, text, time, uuid } from "../../runtime/routes/schemas.ts";

const asset: JsonSchema = { ...text, description: "CAIP-19, such as eip155:1/slip44:60" };
const confirmations: JsonSchema = {
  type: "integer",
  minimum: 0,
  description: "blocks from the one that holds it to the head",
};
const transaction: JsonSchema = { ...text, description: "the transaction on the chain" };

/** A Chain as requests name it. */
export const chain: JsonSchema = {
  type: "string",
  pattern: "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?/[a-z]([-a-z0-9]{0,38}[a-z0-9])?$",
  description: "namespace/name of a Chain; needed only where several have the currency",
};

/** An address on a chain; the chain itself judges it. */
export const address: JsonSchema = {
  type: "string",
  pattern: "^[A-Za-z0-9]{20,100}$",
  description: "an address on the chain",
};

export const depositAddress = object({ chain, asset, currency, address });

export const deposit = object({
  id: uuid,
  chain,
  asset,
  currency,
  amount: money,
  address,
  transaction,
  state: {
    enum: ["pending", "reorged", "credited", "held"],
    description:
      "pending: not final yet; reorged: its block was undone, it may come back; credited: in the balance; held: somebody looks at it",
  },
  confirmations,
  createdAt: time,
  creditedAt: orNull(time),
});

export const withdrawal = object({
  id: uuid,
  chain,
  asset,
  currency,
  amount: money,
  address,
  transaction: orNull(transaction),
  state: {
    enum: ["requested", "submitted", "mined", "attention", "completed", "refunded"],
    description:
      "requested, submitted, mined: on its way; attention: somebody looks at it; completed: paid for good; refunded: it can never be paid, the balance has it back",
  },
  reason: { ...orNull(text), description: "why it waits or was refunded" },
  confirmations,
  createdAt: time,
  updatedAt: time,
});
