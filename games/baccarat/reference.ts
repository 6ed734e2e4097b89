// The rules of docs/games.md once more, for the published vectors: nothing here comes from the engine.

/** A paytable in whole numbers: each pay is a quotient. */
export interface Pays {
  banker: readonly [bigint, bigint];
  tie: readonly [bigint, bigint];
  pair: readonly [bigint, bigint];
}

export interface Part {
  on: string;
  stake: string;
}

const points = (card: number) => (card % 13 > 8 ? 0 : (card % 13) + 1);
const total = (cards: readonly number[]) => cards.reduce((sum, card) => sum + points(card), 0) % 10;

/** By the player's third card 0 … 9: the largest total that the banker draws to. */
const bankerDrawsTo = [3, 3, 4, 4, 5, 5, 6, 6, 2, 3];

/** Deals as a croupier does, with the banker's rule read from the player's third card. */
export function referenceHands(next: () => number): { player: number[]; banker: number[] } {
  const [p1, b1, p2, b2] = [next(), next(), next(), next()];
  const [player, banker] = [
    [p1, p2],
    [b1, b2],
  ];
  if (total(player) > 7 || total(banker) > 7) return { player, banker };
  let drawsTo = 5;
  if (total(player) < 6) {
    const third = next();
    player.push(third);
    drawsTo = bankerDrawsTo[points(third)] ?? 0;
  }
  if (total(banker) <= drawsTo) banker.push(next());
  return { player, banker };
}

/** The payout of the whole stake as a quotient, not in lowest terms. */
export function referencePayout(
  pays: Pays,
  parts: readonly Part[],
  { player, banker }: { player: number[]; banker: number[] },
): [bigint, bigint] {
  const lead = total(player) - total(banker);
  const pair = ([a = 0, b = 1]: number[]) => a % 13 === b % 13;
  const won: { [on: string]: readonly [bigint, bigint] } = {
    player: lead === 0 ? [1n, 1n] : [lead > 0 ? 2n : 0n, 1n],
    banker: lead === 0 ? [1n, 1n] : lead < 0 ? pays.banker : [0n, 1n],
    tie: lead === 0 ? pays.tie : [0n, 1n],
    playerPair: pair(player) ? pays.pair : [0n, 1n],
    bankerPair: pair(banker) ? pays.pair : [0n, 1n],
  };
  let [n, d, staked] = [0n, 1n, 0n];
  for (const { on, stake } of parts) {
    const cents = BigInt(stake.replace(".", ""));
    const [top, bottom] = won[on] ?? [0n, 1n];
    [n, d] = [n * bottom + cents * top * d, d * bottom];
    staked += cents;
  }
  return [n, d * staked];
}
