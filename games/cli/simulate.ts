// npm run --silent simulate -- PATH --rounds N [--seed S]: the real engine against its exact return.
import { randomBytes } from "node:crypto";
import { compileNamed } from "../prove.ts";
import { simulate } from "../simulate.ts";
import { readArguments, readManifest, refusedSpec, run, UsageError } from "./command.ts";

const usage = "npm run --silent simulate -- PATH --rounds N [--seed S]";
const mostRounds = 1_000_000_000_000;

run(() => {
  const { path, values } = readArguments(usage, ["rounds", "seed"]);
  const rounds = roundsOf(values["rounds"]);
  const seed = values["seed"] ?? randomBytes(8).toString("hex");
  const { engine, config } = readManifest(path);
  const read = compileNamed(engine, config);
  if ("problem" in read) throw refusedSpec(path, read.problems);
  console.log(JSON.stringify({ ...simulate(read.compiled, rounds, seed), seed }));
});

function roundsOf(text: string | undefined): number {
  const rounds = /^[1-9][0-9]*$/.test(text ?? "") ? Number(text) : 0;
  if (rounds >= 1 && rounds <= mostRounds) return rounds;
  throw new UsageError(`--rounds: give a whole number of 1 … ${mostRounds}\nusage: ${usage}`);
}
