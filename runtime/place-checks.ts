import type { StakeTerms } from "../games/game.ts";
import { formatAmount } from "../games/money.ts";
import { type Compiled, exposure } from "../games/play.ts";
import { isClientSeed } from "./seed-pairs.ts";
import type { PlaceRequest, Refusal, RefusalCode } from "./types.ts";

/**
 * What is wrong with a request for a round, from the request, the rules and the limits alone: nothing
 * was drawn. SQL checks the money again at the round's commit.
 */
export function faultOf(
  compiled: Compiled,
  terms: StakeTerms | undefined,
  request: PlaceRequest,
): Refusal | null {
  const { stake, bet, clientSeed } = request;
  if (terms === undefined) {
    const detail = `This game takes no ${request.currency || "such currency"}.`;
    return { refused: "stake_limits", pointer: "/currency", detail };
  }
  if (clientSeed !== undefined && !isClientSeed(clientSeed)) {
    const detail = "A client seed has 1 to 64 characters of A-Z, a-z, 0-9, _ and -.";
    return { refused: "invalid_client_seed", pointer: "/clientSeed", detail };
  }
  const { min, max, step, digits, maxPayout } = terms;
  if (stake < min || stake > max || stake % step !== 0n) {
    return { refused: "stake_limits", pointer: "/stake", detail: limitsText(terms) };
  }
  const [fault] = compiled.checkBet(bet, { amount: stake, step, digits });
  if (fault !== undefined) {
    const pointer = `/bet${fault.pointer}`;
    return { refused: "invalid_bet", pointer, detail: `${pointer}: ${fault.message}` };
  }
  const most = exposure(compiled, bet, stake);
  if (most > maxPayout) {
    const detail = `This bet could pay ${formatAmount(most, digits)} and the game pays at most ${formatAmount(maxPayout, digits)} a round: stake less.`;
    return { refused: "stake_over_exposure", pointer: "/stake", detail };
  }
  return null;
}

function limitsText({ currency, min, max, step, digits }: StakeTerms): string {
  const [least, most, by] = [min, max, step].map((amount) => formatAmount(amount, digits));
  return `Stakes go from ${least} to ${most} ${currency} in steps of ${by}.`;
}

/** Seconds after which the block may be there. */
const entropySeconds = 5;

const details: { readonly [Code in RefusalCode]?: string } = {
  entropy_pending:
    "The block that this seed pair is mixed with is not final yet, or its chain does not answer: ask again.",
  game_draining: "The game takes no new rounds; open rounds go on.",
  game_suspended: "The game takes no new rounds; open rounds go on.",
  idempotency_mismatch: "This key was used for another request: take a new key for a new round.",
  jackpots_changed: "The game's jackpots have just changed: ask again.",
  insufficient_funds: "The balance does not cover the stake; nothing has changed.",
  payout_limit: "The game takes no new rounds for the rest of this minute.",
  revision_retired: "This game server is being replaced: ask again.",
  round_open: "Finish the open round first.",
  seed_rotated: "This is not the active server seed: read the seed pair again.",
  stake_limits: "The game's stake limits have changed: read its rules again.",
  stake_over_exposure: "The bet could pay more than the game pays in a round: stake less.",
};

/** Seconds after which to ask again. */
function retryAfterOf(code: RefusalCode): { retryAfter?: number } {
  if (code === "payout_limit") return { retryAfter: 60 - new Date().getUTCSeconds() };
  if (code === "entropy_pending") return { retryAfter: entropySeconds };
  return code === "revision_retired" || code === "jackpots_changed" ? { retryAfter: 1 } : {};
}

/** The refusal that SQL's status stands for; `round` is the one in the way. */
export function refusalOf(status: string, round?: string): Refusal {
  const code = status as RefusalCode;
  const detail = details[code];
  if (detail === undefined) throw new Error(`play() answered ${status}`);
  return {
    refused: code,
    detail,
    ...retryAfterOf(code),
    ...(round === undefined ? {} : { round }),
  };
}
