/** How waits grow from one failure to the next. */
export interface BackoffRange {
  readonly first: number;
  readonly max: number;
}

/**
 * The wait in milliseconds after that many failures in a row (from 1): it doubles up to `max`,
 * and a random half of it is taken off so that many waiters do not return at the same moment.
 */
export function backoff(failures: number, { first, max }: BackoffRange): number {
  // 2 ** 30 is beyond any range; larger exponents would end in Infinity.
  const full = Math.min(max, first * 2 ** Math.min(Math.max(failures, 1) - 1, 30));
  return full * (1 - Math.random() / 2);
}
