import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import type { Bytes } from "./random-bytes.ts";

/** One line of dieharder's table. */
export interface Row {
  readonly test: string;
  /** What the test was set to, such as the bits that the serial test looks at. */
  readonly ntuple: number;
  readonly pValue: number;
  readonly verdict: "PASSED" | "WEAK" | "FAILED";
}

export interface Test {
  readonly number: number;
  /** How many p-values each verdict is made of: more see finer faults, and eat more bytes. */
  readonly samples: number;
}

const COLUMNS = ["test_name", "ntuple", "tsamples", "psamples", "pvalues", "assessment"];
const STANDARD_INPUT = "200";

/** Installs dieharder where it is absent and this is Debian's root; else says what to do. */
export function lackOfDieharder(): string | undefined {
  if (spawnSync("dieharder", ["-l"]).error === undefined) return undefined;
  const cure = "apt-get update && apt-get install -y dieharder (Debian, Ubuntu), then try again";
  if (process.getuid?.() !== 0) return `there is no dieharder here; as root: ${cure}`;
  console.error("installing dieharder");
  const { error, status } = spawnSync("apt-get", ["install", "-y", "dieharder"], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  return error || status !== 0 ? `apt-get could not install dieharder: ${cure}` : undefined;
}

/** Feeds one test with as many bytes as it wants. */
export async function runTest({ number, samples }: Test, bytes: Bytes): Promise<Row[]> {
  const columns = COLUMNS.flatMap((column) => ["-D", column]);
  const options = ["-d", String(number), "-p", String(samples), "-c", ",", ...columns];
  const child = spawn("dieharder", ["-g", STANDARD_INPUT, ...options], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (text) => {
    output += text;
  });
  let hungry = true;
  const gone = once(child, "close").then(() => {
    hungry = false;
  });
  // The test has read enough and closed its end: that is how each one ends.
  child.stdin.on("error", () => {
    hungry = false;
  });
  while (hungry) {
    if (!child.stdin.write(bytes.next().value)) {
      // A pipe that breaks meanwhile is the end that is seen above.
      const drained = once(child.stdin, "drain").catch(() => {});
      await Promise.race([drained, gone]);
    }
  }
  await gone;
  if (child.exitCode !== 0) throw new Error(`dieharder -d ${number} ended with ${child.exitCode}`);
  return readTable(output);
}

/** The rows of a table with the columns above; anything else is a dieharder that we do not know. */
export function readTable(output: string): Row[] {
  const lines = output.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"));
  if (lines.length === 0) throw new Error(`dieharder judged nothing: ${output}`);
  return lines.map(readRow);
}

function readRow(line: string): Row {
  const [test = "", ntuple, , , p, verdict] = line.split(",").map((cell) => cell.trim());
  const pValue = Number(p);
  if (!(pValue >= 0 && pValue <= 1)) throw new Error(`dieharder wrote "${line}"`);
  if (verdict !== "PASSED" && verdict !== "WEAK" && verdict !== "FAILED") {
    throw new Error(`dieharder wrote "${line}"`);
  }
  return { test, ntuple: Number(ntuple), pValue, verdict };
}
