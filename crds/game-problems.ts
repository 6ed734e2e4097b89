import type { Problem } from "../games/game.ts";
import { engines } from "../games/index.ts";
import type { GameSpec } from "./generated/game.ts";
import { stakeTerms } from "./stakes.ts";

/** What is wrong with a Game that its schema cannot say: engine, configuration, stakes and the return. */
export function gameProblems(spec: GameSpec): Problem[] {
  const engine = engines.get(spec.engine);
  const stakes = stakeTerms(spec.stakes);
  const problems = "problems" in stakes ? stakes.problems : [];
  if (engine === undefined) {
    const message = `no engine "${spec.engine}"; use one of ${[...engines.keys()].join(", ")}`;
    return [{ pointer: "/spec/engine", message }, ...problems];
  }
  return problems;
}
