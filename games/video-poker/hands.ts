// What five cards are worth: the classes of the paytable, the best first.

export const classNames = [
  "royalFlush",
  "straightFlush",
  "fourOfAKind",
  "fullHouse",
  "flush",
  "straight",
  "threeOfAKind",
  "twoPair",
  "jacksOrBetter",
] as const;
export type ClassName = (typeof classNames)[number];

/** Place in `classNames`; the place after the last is a hand that pays nothing. */
export type HandClass = number;
export const classCount = classNames.length;

const place = (name: ClassName): HandClass => classNames.indexOf(name);
const [royalFlush, straightFlush] = [place("royalFlush"), place("straightFlush")];
const [flush, straight, jacksOrBetter] = [
  place("flush"),
  place("straight"),
  place("jacksOrBetter"),
];
/** By the sum of squares of how often each rank is held: 17 is four and one, 13 is three and two. */
const byRepeats = new Map<number, HandClass>([
  [17, place("fourOfAKind")],
  [13, place("fullHouse")],
  [11, place("threeOfAKind")],
  [9, place("twoPair")],
]);
const onePair = 7;

const ace = 0;
const jack = 10;
/** Ranks as bits: 10, J, Q, K and A. */
const broadway = 0b1_1110_0000_0001;
const wheel = 0b1_1111;

function isStraight(ranks: number): boolean {
  return ranks === broadway || (ranks % wheel === 0 && isPowerOfTwo(ranks / wheel));
}

function isPowerOfTwo(n: number): boolean {
  return (n & (n - 1)) === 0;
}

/** How ranks repeat: the sum of squares of how often each is held, and the rank of the last pair. */
function repeatsOf(ranks: readonly number[]): { squares: number; paired: number } {
  let [squares, paired] = [0, 0];
  for (const rank of ranks) {
    let same = 0;
    for (const other of ranks) same += Number(other === rank);
    if (same === 2) paired = rank;
    squares += same;
  }
  return { squares, paired };
}

/** The class of five ranks, where `suited` says that all are of one suit. */
export function classOfRanks(ranks: readonly number[], suited: boolean): HandClass {
  const { squares, paired } = repeatsOf(ranks);
  if (squares === onePair) return paired === ace || paired >= jack ? jacksOrBetter : classCount;
  if (squares > ranks.length) return byRepeats.get(squares) ?? classCount;
  let bits = 0;
  for (const rank of ranks) bits |= 1 << rank;
  if (!isStraight(bits)) return suited ? flush : classCount;
  if (!suited) return straight;
  return bits === broadway ? royalFlush : straightFlush;
}

/** The class of five different cards. */
export function classOf(cards: readonly number[]): HandClass {
  const suit = Math.floor((cards[0] ?? 0) / 13);
  return classOfRanks(
    cards.map((card) => card % 13),
    cards.every((card) => Math.floor(card / 13) === suit),
  );
}
