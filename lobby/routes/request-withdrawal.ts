import type { Json } from "../../games/game.ts";
import { isRefusal, type Refusal } from "../../runtime/errors.ts";
import { amountOf } from "../../runtime/money.ts";
import { requestHash } from "../../runtime/request-hash.ts";
import type { Answer, Route } from "../../runtime/route.ts";
import { currency, object, stake } from "../../runtime/routes/schemas.ts";
import { assetFor } from "../cashier/addresses.ts";
import { requestWithdrawal, type WithdrawalOutcome } from "../cashier/withdraw.ts";
import { address, chain, withdrawal } from "./cashier-schemas.ts";
import type { LobbyService } from "./service.ts";

type Body = { currency: string; amount: string; address: string; chain?: string };

const path = "/wallet/withdrawals";
const hashOf = (body: Json) => requestHash({ route: `POST ${path}`, body });

/** POST /wallet/withdrawals: debits the player and pays to an address, once for each key. */
export function makeWithdrawal({ cashier }: LobbyService): Route<Body> {
  const { ledger } = cashier;
  const answer = async (player: string, outcome: WithdrawalOutcome): Promise<Answer | Refusal> => {
    if (isRefusal(outcome)) return outcome;
    const page = { one: outcome.id, before: null, limit: 1 };
    const [item = {}] = await ledger.withdrawals(player, page);
    return { status: outcome.created ? 201 : 200, body: item };
  };
  const recalled = async (player: string, key: string, body: Json) => {
    // Of no asset, so that all it can find is what the key has done before.
    const nothing = { chain: "", asset: "", amount: 0n, destination: "" };
    const request = { player, key, hash: hashOf(body), ...nothing };
    const outcome = await requestWithdrawal(ledger, request);
    if (!isRefusal(outcome)) return answer(player, outcome);
    return outcome.refused === "idempotency_mismatch" ? outcome : null;
  };
  return {
    method: "POST",
    path,
    name: "requestWithdrawal",
    summary: "Pay out of the player's balance to an address on a chain",
    access: "player",
    idempotencyKey: true,
    body: object({ currency, amount: stake, address, chain }, ["chain"]),
    answers: {
      201: { meaning: "The withdrawal. The balance is debited, durably.", schema: withdrawal },
      200: { meaning: "The withdrawal of this key, as it is now.", schema: withdrawal },
    },
    refusals: ["insufficient_funds", "idempotency_mismatch"],
    check(body) {
      const amount = amountOf(body.amount, body.currency, "amount");
      return isRefusal(amount) ? amount : null;
    },
    async recall({ player, key, body }) {
      return recalled(player, key, body as Json);
    },
    async handle({ player, key, body }) {
      const amount = amountOf(body.amount, body.currency, "amount");
      if (isRefusal(amount)) return amount;
      const asset = await assetFor(ledger, body);
      // A Chain that is gone by now does not change what a key has done.
      if (isRefusal(asset)) return (await recalled(player, key, body)) ?? asset;
      const request = { player, key, hash: hashOf(body), amount, destination: body.address };
      return answer(player, await requestWithdrawal(ledger, { ...request, ...asset }));
    },
  };
}
