// One case of the benchmark `simulate`, in a process that compiled no other engine.
import { simulate } from "../games/simulate.ts";
import { compiled } from "./example-games.ts";
import { simulateCases } from "./simulate-cases.ts";

const [index, rounds, seed = ""] = process.argv.slice(2);
const found = simulateCases()[Number(index)];
if (!found) throw new RangeError(`there is no case ${index}`);
console.log(JSON.stringify(simulate(compiled(found.engine, found.config), Number(rounds), seed)));
