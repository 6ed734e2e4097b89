// docs/games.md's hi-lo by itself, for the tests: nothing here comes from the engine. Factors are whole numbers of
// units, so that the product of n of them is a number of units^n.

export interface Terms {
  /** (1 − edge) as a/b. */
  kept: readonly [bigint, bigint];
  /** 10^rounding. */
  units: bigint;
  /** maxMultiplier, a whole number. */
  most: bigint;
}

export interface Settled {
  ranks: string[];
  /** The payout as a quotient. */
  pays: [bigint, bigint];
}

const names = "A 2 3 4 5 6 7 8 9 10 J Q K".split(" ");

/** The ranks that win. */
function winners(rank: number, guess: string): number[] {
  const all = [...names.keys()];
  if (guess === "same") return [rank];
  const edge = rank === 0 || rank === 12;
  return all.filter((it) => (guess === "higher" ? it > rank : it < rank) || (it === rank && !edge));
}

/** Plays the actions, which have to end the round, with ranks as they come. */
export function referenceHiLo(
  { kept: [a, b], units, most }: Terms,
  actions: readonly string[],
  draw: () => number,
): Settled {
  const ranks = [draw()];
  const show = (pays: [bigint, bigint]): Settled => {
    return { ranks: ranks.map((rank) => names[rank] ?? ""), pays };
  };
  let [n, d, won] = [1n, 1n, false];
  for (const action of actions) {
    if (action === "cashOut") return show(won ? [n, d] : [0n, 1n]);
    const next = () => {
      ranks.push(draw());
      return ranks.at(-1) ?? 0;
    };
    if (action === "skip") {
      next();
      continue;
    }
    const list = winners(ranks.at(-1) ?? 0, action);
    const factor = (13n * a * units) / (b * BigInt(list.length));
    if (n * factor > most * d * units) return show([n, d]);
    if (!list.includes(next())) return show([0n, 1n]);
    [n, d, won] = [n * factor, d * units, true];
  }
  throw new Error("the actions leave the round open");
}
