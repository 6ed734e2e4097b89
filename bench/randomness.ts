import { lackOfDieharder, type Row, runTest, type Test } from "./dieharder.ts";
import { print, rounded } from "./figure.ts";
import { type Bytes, streams, stuck } from "./random-bytes.ts";

const CONTROL: Test = { number: 100, samples: 20 };

/** Those that see most in 200 MB; with fewer than 10 samples dieharder's own arithmetic is too coarse. */
const TESTS: readonly Test[] = [
  { number: 0, samples: 50 },
  { number: 2, samples: 10 },
  { number: 3, samples: 10 },
  { number: 8, samples: 20 },
  { number: 9, samples: 10 },
  { number: 10, samples: 50 },
  { number: 11, samples: 50 },
  { number: 12, samples: 50 },
  { number: 15, samples: 20 },
  { number: 100, samples: 50 },
  { number: 101, samples: 20 },
  { number: 102, samples: 20 },
];

interface Judged extends Row {
  /** What the same row said of a fresh seed, where it was weak at first. */
  readonly again?: Row;
}

/**
 * The generator of fairness.md through dieharder. One row in a hundred of a perfect generator is WEAK: it
 * gets a second chance with a fresh seed. A row that is FAILED fails the benchmark.
 */
export async function randomness(): Promise<void> {
  const problem = lackOfDieharder() ?? (await blindness());
  if (problem) {
    console.error(problem);
    process.exitCode = 1;
    return;
  }
  for (const { name, open } of streams) {
    const rows = await judge(open);
    const final = rows.map(({ again, ...row }) => again ?? row);
    const count = (verdict: Row["verdict"], of: readonly Row[]) =>
      of.filter((row) => row.verdict === verdict).length;
    const failed = count("FAILED", final);
    print({
      bench: "randomness",
      figure: failed,
      unit: "rows of dieharder that failed",
      reference: rows.length,
      referenceIs: "rows in all",
      of: name,
      passed: count("PASSED", final),
      weak: count("WEAK", final),
      weakAtFirst: count("WEAK", rows),
      rows: summary(rows),
    });
    if (failed > 0) process.exitCode = 1;
  }
}

/** Whether the battery sees a fault that is there. */
async function blindness(): Promise<string | undefined> {
  const rows = await runTest(CONTROL, stuck("first"));
  if (rows.some((row) => row.verdict === "FAILED")) return undefined;
  return "dieharder lets a stuck bit pass: its verdicts are worth nothing";
}

async function judge(open: (seed: string) => Bytes): Promise<Judged[]> {
  const [bytes, fresh] = [open("first"), open("fresh")];
  const judged: Judged[] = [];
  for (const test of TESTS) {
    const rows = await runTest(test, bytes);
    const weak = rows.some((row) => row.verdict === "WEAK");
    const second = weak ? await runTest(test, fresh) : [];
    // The same test writes the same rows in the same order.
    for (const [i, row] of rows.entries()) {
      const again = row.verdict === "WEAK" ? second[i] : undefined;
      judged.push(again ? { ...row, again } : row);
    }
  }
  return judged;
}

/** For each test its rows and the lowest and highest p-value. */
function summary(rows: readonly Judged[]): { [test: string]: unknown } {
  const byTest = Object.groupBy(rows, (row) => row.test);
  return Object.fromEntries(
    Object.entries(byTest).map(([test, of = []]) => {
      const pValues = of.map((row) => row.pValue);
      const range = [Math.min(...pValues), Math.max(...pValues)].map((p) => rounded(p, 4));
      const again = of.flatMap((row) => (row.again ? [rounded(row.again.pValue, 4)] : []));
      return [test, { rows: of.length, p: range, ...(again.length > 0 ? { again } : {}) }];
    }),
  );
}
