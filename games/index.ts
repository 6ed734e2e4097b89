import { baccaratMathematics } from "./baccarat/returns.ts";
import { baccarat } from "./baccarat/rules.ts";
import { blackjackMathematics } from "./blackjack/returns.ts";
import { blackjack } from "./blackjack/rules.ts";
import { coinFlipMathematics } from "./coin-flip/returns.ts";
import { coinFlip } from "./coin-flip/rules.ts";
import { crashMathematics } from "./crash/returns.ts";
import { crash } from "./crash/rules.ts";
import { diceMathematics } from "./dice/returns.ts";
import { dice } from "./dice/rules.ts";
import type { Engine } from "./game.ts";
import { hiLoMathematics } from "./hi-lo/returns.ts";
import { hiLo } from "./hi-lo/rules.ts";
import { kenoMathematics } from "./keno/returns.ts";
import { keno } from "./keno/rules.ts";
import { limboMathematics } from "./limbo/returns.ts";
import { limbo } from "./limbo/rules.ts";
import { minesMathematics } from "./mines/returns.ts";
import { mines } from "./mines/rules.ts";
import { plinkoMathematics } from "./plinko/returns.ts";
import { plinko } from "./plinko/rules.ts";
import { rouletteMathematics } from "./roulette/returns.ts";
import { roulette } from "./roulette/rules.ts";
import { slotsMathematics } from "./slots/returns.ts";
import { slots } from "./slots/rules.ts";
import { videoPokerMathematics } from "./video-poker/returns.ts";
import { videoPoker } from "./video-poker/rules.ts";

const list: readonly Engine[] = [
  { ...baccarat, ...baccaratMathematics },
  { ...blackjack, ...blackjackMathematics },
  { ...coinFlip, ...coinFlipMathematics },
  { ...crash, ...crashMathematics },
  { ...dice, ...diceMathematics },
  { ...hiLo, ...hiLoMathematics },
  { ...keno, ...kenoMathematics },
  { ...limbo, ...limboMathematics },
  { ...mines, ...minesMathematics },
  { ...plinko, ...plinkoMathematics },
  { ...roulette, ...rouletteMathematics },
  { ...slots, ...slotsMathematics },
  { ...videoPoker, ...videoPokerMathematics },
];

/** Every engine, by name, in the version that new rounds use. */
export const engines: ReadonlyMap<string, Engine> = new Map(list.map((it) => [it.name, it]));

/** The engine of a recorded round; undefined where this version is not loadable any more. */
export function findEngine(name: string, version: string): Engine | undefined {
  return list.find((engine) => engine.name === name && engine.version === version);
}
