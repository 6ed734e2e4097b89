import type { Problem } from "../games/game.ts";
import { compileNamed, prove } from "../games/prove.ts";
import { stakeTerms } from "../games/stakes.ts";
import type { GameSpec } from "./generated/game.ts";

/** What is wrong with a Game that its schema cannot say: engine, configuration, stakes and the exact return. */
export function gameProblems({ engine, config, stakes, returnToPlayer }: GameSpec): Problem[] {
  const read = stakeTerms(stakes);
  if ("problems" in read) {
    const compiled = compileNamed(engine, config);
    return [...("problems" in compiled ? inSpec(compiled.problems) : []), ...read.problems];
  }
  const { verdict } = prove({ engine, config, stakes: read.terms, returnToPlayer });
  return verdict.ok ? [] : inSpec(verdict.problems);
}

function inSpec(problems: readonly Problem[]): Problem[] {
  return problems.map(({ pointer, message }) => ({ pointer: `/spec${pointer}`, message }));
}
