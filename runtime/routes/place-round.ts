import type { Json, JsonSchema } from "../../games/game.ts";
import { isRefusal } from "../errors.ts";
import { amountOf } from "../money.ts";
import { requestHash } from "../request-hash.ts";
import type { Answer, Route } from "../route.ts";
import type { RoundView } from "../types.ts";
import { roundJson } from "./round-json.ts";
import { clientSeed, currency, hash256, object, ref, stake } from "./schemas.ts";
import type { GameService } from "./service.ts";
import { stakedBody } from "./stake-schemas.ts";

type Body = {
  stake: string;
  currency: string;
  bet: { [field: string]: Json };
  clientSeed?: string;
  serverSeedHash?: string;
};

function answer(placed: { created: RoundView } | { replayed: RoundView }): Answer {
  return "created" in placed
    ? { status: 201, body: roundJson(placed.created) }
    : { status: 200, body: roundJson(placed.replayed) };
}

const optional = ["clientSeed", "serverSeedHash"];

const bodyOf = (bet: JsonSchema, money: { [field: string]: JsonSchema } = { stake, currency }) =>
  object({ ...money, bet, clientSeed, serverSeedHash: hash256 }, optional);

/** POST …/rounds: plays a round; the same key and body answer that round again. */
export function placeRound({ game, compiled, catalogue, rounds }: GameService): Route<Body> {
  const path = `/games/${game}/rounds`;
  const hashOf = (body: Json) => requestHash({ route: `POST ${path}`, body });
  return {
    method: "POST",
    path,
    name: "placeRound",
    summary: "Play a round, or start one of many steps",
    access: "player",
    idempotencyKey: true,
    body: bodyOf({ type: "object" }),
    documentedBody: () =>
      stakedBody(catalogue().stakes, (money) => bodyOf(compiled.betSchema, money)),
    answers: {
      201: { meaning: "The round. It is durable.", schema: ref("Round") },
      200: { meaning: "The round of this key, as it is now.", schema: ref("Round") },
    },
    refusals: [
      "idempotency_mismatch",
      "game_suspended",
      "game_draining",
      "invalid_bet",
      "stake_limits",
      "stake_over_exposure",
      "insufficient_funds",
      "round_open",
      "seed_rotated",
      "entropy_pending",
      "payout_limit",
      "revision_retired",
      "jackpots_changed",
    ],
    check(body) {
      const amount = amountOf(body.stake, body.currency, "stake");
      return isRefusal(amount) ? amount : null;
    },
    async recall({ player, key, body }) {
      // No game takes this stake, so that all it can find is what the key has done before.
      const nothing = { currency: "", stake: 0n, bet: null };
      const hash = hashOf(body as Json);
      const result = await rounds.place({ player, key, requestHash: hash, ...nothing });
      if (!isRefusal(result)) return answer(result);
      return result.refused === "idempotency_mismatch" ? result : null;
    },
    async handle({ player, key, body }) {
      const { stake: text, ...rest } = body;
      const amount = amountOf(text, body.currency, "stake");
      if (isRefusal(amount)) return amount;
      const request = { player, key, requestHash: hashOf(body), ...rest, stake: amount };
      const result = await rounds.place(request);
      return isRefusal(result) ? result : answer(result);
    },
  };
}
