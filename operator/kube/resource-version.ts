const DECIMAL = /^[1-9]\d*$/;

/**
 * Is `a` newer than `b`? Kubernetes promises that resourceVersions of one kind are decimal and
 * grow; where a server gives others, nothing is known and the answer is undefined.
 */
export function isNewer(a: string | undefined, b: string | undefined): boolean | undefined {
  if (!a || !b || !DECIMAL.test(a) || !DECIMAL.test(b)) return undefined;
  return a.length === b.length ? a > b : a.length > b.length;
}

/** The newer of both; `b` if nothing is known. */
export function newest(a: string | undefined, b: string): string {
  return a !== undefined && isNewer(a, b) ? a : b;
}
