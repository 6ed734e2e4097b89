// docs/games.md's blackjack by itself, for the tests: nothing here comes from the engine. It takes the recorded actions
// for granted and only settles them.

export interface Switches {
  soft17: string;
  maxHands: number;
  hitSplitAces: boolean;
  resplitAces: boolean;
  blackjackPays: string;
  insurance: boolean;
  peek: boolean;
}

interface Box {
  cards: number[];
  stake: number;
}

export interface Settled {
  hands: { cards: number[]; stake: string }[];
  dealer: number[];
  /** In quarters of the first stake, or the text of `blackjackPays`. */
  pays: number | string;
}

const pips = [11, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10, 10];
const pip = (card: number): number => pips[card % 13] ?? 0;

/** Aces begin as eleven and fall to one while the hand is too high. */
function score(cards: number[]): { total: number; soft: boolean } {
  let total = cards.reduce((sum, card) => sum + pip(card), 0);
  let elevens = cards.filter((card) => card % 13 === 0).length;
  for (; total > 21 && elevens > 0; elevens--) total -= 10;
  return { total, soft: elevens > 0 };
}

const natural = (cards: number[]): boolean => cards.length === 2 && score(cards).total === 21;

/** Whether this hand takes a decision at all. */
function waits(switches: Switches, { cards }: Box, hands: number): boolean {
  if (score(cards).total >= 21) return false;
  const [first = 0, second = 0] = cards;
  if (hands === 1 || first % 13 !== 0 || switches.hitSplitAces) return true;
  return second % 13 === 0 && switches.resplitAces && hands < switches.maxHands;
}

function quarters(boxes: Box[], dealer: number): number {
  return boxes.reduce((sum, { cards, stake }) => {
    const { total } = score(cards);
    if (total > 21 || (dealer <= 21 && total < dealer)) return sum;
    return sum + (total === dealer ? 4 : 8) * stake;
  }, 0);
}

function playHands(switches: Switches, boxes: Box[], script: string[], draw: () => number): void {
  for (let turn = 0; turn < boxes.length; ) {
    const box = boxes[turn];
    if (!box) return;
    const action = waits(switches, box, boxes.length) ? script.shift() : "stand";
    if (action === "hit" || action === "double") box.cards.push(draw());
    if (action === "double") box.stake = 2;
    if (action === "split") {
      const left = { cards: [...box.cards.slice(0, 1), draw()], stake: 1 };
      boxes.splice(turn, 1, left, { cards: [...box.cards.slice(1), draw()], stake: 1 });
    }
    if (action === "stand" || action === "double") turn += 1;
  }
}

/** Plays the actions with cards as they come. */
export function referenceBlackjack(
  switches: Switches,
  actions: readonly string[],
  draw: () => number,
): Settled {
  const script = [...actions];
  const [first, up, second, hole] = [draw(), draw(), draw(), draw()];
  const boxes: Box[] = [{ cards: [first, second], stake: 1 }];
  const dealer = [up, hole];
  const own = natural([first, second]);
  const offered = switches.insurance && up % 13 === 0;
  const insured = offered && script.shift() === "insure";
  const seen = own || (switches.peek && natural(dealer));
  const gaveUp = !seen && script[0] === "surrender";
  if (!seen && !gaveUp) {
    playHands(switches, boxes, script, draw);
    const mustDraw = () => {
      const { total, soft } = score(dealer);
      return total < 17 || (total === 17 && soft && switches.soft17 === "hit");
    };
    const live = boxes.some(({ cards }) => score(cards).total <= 21);
    while (live && mustDraw()) dealer.push(draw());
  }
  const settle = (): number | string => {
    if (natural(dealer)) return (own ? 4 : 0) + (insured ? 6 : 0);
    if (own) return switches.blackjackPays;
    return gaveUp ? 2 : quarters(boxes, score(dealer).total);
  };
  const hands = boxes.map(({ cards, stake }) => ({ cards, stake: String(stake) }));
  return { hands, dealer, pays: settle() };
}
