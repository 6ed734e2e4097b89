import type { Catalogue, PairView } from "../types.ts";

/** A seed pair as its player gets it: of chains it speaks only where the game, or one of the two pairs, has one. */
export function pairJson(pair: PairView, { entropy }: Catalogue): object {
  const { chain, nextChain, ...rest } = pair;
  const none = entropy === null && chain === null && nextChain === null;
  return none ? rest : { ...rest, chain, nextChain };
}
