// One case of the benchmark `returns`, in a process of its own: nothing is cached, nothing is compiled.
import { compiled } from "./example-games.ts";
import { returnsCases } from "./returns-cases.ts";

export interface Took {
  /** By the clock on the wall. */
  readonly seconds: number;
  /** Of the processor: what the clock would say if nobody else used this core. */
  readonly cpuSeconds: number;
  readonly bets: number;
}

const found = returnsCases()[Number(process.argv[2])];
if (!found) throw new RangeError(`there is no case ${process.argv[2]}`);
const { engine, prepared } = compiled(found.engine, found.config);
const cpu = process.cpuUsage();
const started = performance.now();
const bets = engine.returns(prepared).length;
const seconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage(cpu);
const took: Took = { seconds, cpuSeconds: (user + system) / 1e6, bets };
console.log(JSON.stringify(took));
