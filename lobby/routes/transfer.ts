import { currencies } from "../../games/currencies.ts";
import type { JsonSchema } from "../../games/game.ts";
import { formatAmount } from "../../games/money.ts";
import { isRefusal } from "../../runtime/errors.ts";
import { AMOUNT_LENGTH_MAX, amountOf } from "../../runtime/money.ts";
import type { Route } from "../../runtime/route.ts";
import { currency, object } from "../../runtime/routes/schemas.ts";
import { type Transfer, transfer } from "../wallet.ts";
import { player, reference, transferred } from "./schemas.ts";
import type { LobbyService } from "./service.ts";

type Body = { player: string; currency: string; amount: string; reference: string };

const amount: JsonSchema = {
  type: "string",
  pattern: "^-?(0|[1-9][0-9]*)(\\.[0-9]+)?$",
  maxLength: AMOUNT_LENGTH_MAX + 1,
  description: 'a decimal with the digits of the currency: "25.00" credits, "-25.00" debits',
};

function transferJson(request: Body, minor: bigint, done: Transfer): object {
  const digits = currencies.get(request.currency) ?? 0;
  const { id, balance, createdAt } = done;
  return {
    id,
    ...request,
    amount: formatAmount(minor, digits),
    balance: formatAmount(balance, digits),
    createdAt: createdAt.toISOString(),
  };
}

/** POST /wallet/transfers: a casino's back end credits or debits a player. */
export function makeTransfer({ database }: LobbyService): Route<Body> {
  return {
    method: "POST",
    path: "/wallet/transfers",
    name: "transfer",
    summary: "Credit or debit a player, once for each reference",
    access: "cashier",
    body: object({ player, currency, amount, reference }),
    answers: {
      201: { meaning: "The transfer. It is durable.", schema: transferred },
      200: { meaning: "The transfer that this reference made before.", schema: transferred },
    },
    refusals: ["insufficient_funds", "idempotency_mismatch"],
    async handle({ body }) {
      const minor = amountOf(body.amount, body.currency, "amount");
      if (isRefusal(minor)) return minor;
      const result = await transfer(database, { ...body, amount: minor });
      if (isRefusal(result)) return result;
      return "created" in result
        ? { status: 201, body: transferJson(body, minor, result.created) }
        : { status: 200, body: transferJson(body, minor, result.replayed) };
    },
  };
}
