/** One line of a benchmark: a figure, what it is held against in the same run, and their ratio. */
export interface Figure {
  readonly bench: string;
  readonly figure: number;
  readonly unit: string;
  readonly reference: number;
  readonly referenceIs: string;
  /** figure / reference. */
  readonly ratio: number;
  /** What was set, and what the figure alone does not say. */
  readonly [detail: string]: unknown;
}

/** Prints a figure as one JSON line. */
export function print(figure: Omit<Figure, "ratio">): void {
  const { bench, figure: value, unit, reference, referenceIs, ...details } = figure;
  const ratio = Math.round((Number(value) / Number(reference)) * 1000) / 1000;
  console.log(
    JSON.stringify({ bench, figure: value, unit, reference, referenceIs, ratio, ...details }),
  );
}

/** Rounds to `digits` decimals, for reading. */
export function rounded(value: number, digits = 1): number {
  return Number(value.toFixed(digits));
}
