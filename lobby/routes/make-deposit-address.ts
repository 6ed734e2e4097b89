import { isRefusal } from "../../runtime/errors.ts";
import type { Route } from "../../runtime/route.ts";
import { currency, object } from "../../runtime/routes/schemas.ts";
import { addressFor, assetFor } from "../cashier/addresses.ts";
import { chain, depositAddress } from "./cashier-schemas.ts";
import type { LobbyService } from "./service.ts";

type Body = { currency: string; chain?: string };

/** POST /wallet/deposits/addresses: where the player can pay in; the same address every time. */
export function makeDepositAddress({ cashier, log }: LobbyService): Route<Body> {
  return {
    method: "POST",
    path: "/wallet/deposits/addresses",
    name: "makeDepositAddress",
    summary: "The player's own address to pay a currency in",
    access: "player",
    body: object({ currency, chain }, ["chain"]),
    answers: { 200: { meaning: "The address. It stays the player's.", schema: depositAddress } },
    refusals: [],
    async handle({ player, body }) {
      const asset = await assetFor(cashier.ledger, body);
      if (isRefusal(asset)) return asset;
      const address = await addressFor(player, asset, { ...cashier, log });
      if (isRefusal(address)) return address;
      const { chain: on, asset: of } = asset;
      return { status: 200, body: { chain: on, asset: of, currency: body.currency, address } };
    },
  };
}
