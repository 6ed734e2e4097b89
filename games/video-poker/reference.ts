// The rules of docs/games.md once more, for the published vectors: nothing here comes from the engine.

const order = "A23456789TJQK";
const straights = ["A23456789T", "23456789TJQK"].flatMap((run) =>
  Array.from({ length: run.length - 4 }, (_, i) => run.slice(i, i + 5)),
);

/** The name of a hand in the paytable; undefined where it pays nothing. */
export function referenceClass(cards: readonly number[]): string | undefined {
  const ranks = cards.map((card) => card % 13).sort((a, b) => a - b);
  const text = ranks.map((rank) => order[rank]).join("");
  const flush = new Set(cards.map((card) => (card - (card % 13)) / 13)).size === 1;
  if (text === "ATJQK") return flush ? "royalFlush" : "straight";
  if (straights.includes(text)) return flush ? "straightFlush" : "straight";
  if (/(.)\1\1\1/.test(text)) return "fourOfAKind";
  if (/^(.)\1\1(.)\2$|^(.)\3(.)\4\4$/.test(text)) return "fullHouse";
  if (flush) return "flush";
  if (/(.)\1\1/.test(text)) return "threeOfAKind";
  if (/(.)\1.?(.)\2/.test(text)) return "twoPair";
  return /AA|JJ|QQ|KK/.test(text) ? "jacksOrBetter" : undefined;
}

/** What is held of the first five cards, filled up with the next ones from left to right. */
export function referenceDraw(deck: readonly number[], hold: readonly boolean[]): number[] {
  let next = 5;
  return hold.map((keep, i) => deck[keep ? i : next++] ?? 0);
}
