// One case of the benchmark `simulate`, in a process that compiled no other engine.
import { type Simulation, simulate } from "../games/simulate.ts";
import { compiled } from "./example-games.ts";
import { simulateCases } from "./simulate-cases.ts";

export interface Played extends Simulation {
  /** Of the processor: what the clock would say if nobody else used this core. */
  readonly cpuSeconds: number;
}

const [index, rounds, seed = ""] = process.argv.slice(2);
const found = simulateCases()[Number(index)];
if (!found) throw new RangeError(`there is no case ${index}`);
const subject = compiled(found.engine, found.config);
const cpu = process.cpuUsage();
const result = simulate(subject, Number(rounds), seed);
const { user, system } = process.cpuUsage(cpu);
const played: Played = { ...result, cpuSeconds: (user + system) / 1e6 };
console.log(JSON.stringify(played));
