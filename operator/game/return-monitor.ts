/** Does the game pay what is proven? A verdict on the sums of its play; docs/returns-monitor.md has the reasoning. */
import type { JudgedPlay, ReturnSide } from "../database/types.ts";
import { boundary } from "./return-boundary.ts";

/**
 * The chance that a game which pays exactly what is proven is ever called wrong, in one currency and on one side. A
 * hundred games in five currencies then raise one false alarm in a thousand such casinos, in all their time; ten
 * times the chance would save a tenth of the rounds that finding a real fault takes.
 */
export const FALSE_ALARM = 1e-6;

/**
 * The largest stake and bound of any round so far grow with play, and the boundary has to know its scale beforehand.
 * So there is a boundary for each power of two, each with its share of the chance, and the next one takes over when a
 * larger round comes. Amounts are below 10^38 < 2^127, and what is added to a stake below a hundred times that.
 */
const SCALES = 160;

/** What one side of the monitor looks at: the sum that should not grow, and the boundary that it may not reach. */
interface Measure {
  readonly side: ReturnSide;
  readonly strayed: number;
  readonly allowed: number;
}

export interface Verdict {
  readonly breach: { readonly side: ReturnSide; readonly allowed: number } | undefined;
  /** How much of what chance allows for is used up, on the side where it is more: 1 is a breach. */
  readonly strain: number;
}

/** Judges the play of one currency. */
export function judgePlay(play: JudgedPlay, alpha = FALSE_ALARM): Verdict {
  const measures = [tooMuch(play, alpha), tooLittle(play, alpha)];
  const breach = measures.find(({ strayed, allowed }) => strayed >= allowed);
  return {
    breach: breach && { side: breach.side, allowed: breach.allowed },
    strain: Math.max(0, ...measures.map(({ strayed, allowed }) => strayed / allowed)),
  };
}

// A player may hold a lost round open while won ones settle, and the other way round. What is open counts as if it
// ended in the game's favour, so that nobody can make a fair game look wrong by waiting.
function tooMuch(play: JudgedPlay, alpha: number): Measure {
  const strayed = play.deviation - play.openRisk;
  return { side: "paysTooMuch", strayed, allowed: allowedBy(play, play.largestRisk, alpha) };
}

function tooLittle(play: JudgedPlay, alpha: number): Measure {
  const strayed = -play.deviation - play.openWin;
  return { side: "paysTooLittle", strayed, allowed: allowedBy(play, play.largestWin, alpha) };
}

function allowedBy({ squares }: JudgedPlay, largest: number, alpha: number): number {
  const scale = 2 ** Math.ceil(Math.log2(Math.max(1, largest)));
  return boundary(squares, { alpha: alpha / SCALES, scale, least: scale ** 2 });
}
