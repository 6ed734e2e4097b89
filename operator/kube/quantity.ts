const QUANTITY =
  /^([+-]?)(\d+)(?:\.(\d*))?(n|u|m|k|Ki|Mi|Gi|Ti|Pi|Ei|M|G|T|P|E|[eE][+-]?\d{1,2})?$/;

const POWERS_OF_TEN: ReadonlyMap<string, number> = new Map([
  ["n", -9],
  ["u", -6],
  ["m", -3],
  ["k", 3],
  ["M", 6],
  ["G", 9],
  ["T", 12],
  ["P", 15],
  ["E", 18],
]);
const BINARY = "KMGTPE";

// Far finer than any quantity that the API accepts, so that all are whole numbers of it.
const SCALE = 120;

/** A Kubernetes quantity ("500m", "1Gi", 2) as an exact whole number of a tiny unit; undefined if it is none. */
export function parseQuantity(value: string | number): bigint | undefined {
  const match = QUANTITY.exec(String(value));
  if (!match) return;
  const [, sign, whole = "", fraction = "", suffix = ""] = match;
  const power = SCALE - fraction.length + powerOfTen(suffix);
  if (power < 0) return;
  const size = BigInt(whole + fraction) * 10n ** BigInt(power) * binary(suffix);
  return sign === "-" ? -size : size;
}

/** Are both the same quantity, however written? */
export function sameQuantity(a: string | number, b: string | number): boolean {
  const left = parseQuantity(a);
  return left !== undefined && left === parseQuantity(b);
}

function powerOfTen(suffix: string): number {
  if (/^[eE][+-]?\d/.test(suffix)) return Number(suffix.slice(1));
  return POWERS_OF_TEN.get(suffix) ?? 0;
}

function binary(suffix: string): bigint {
  return suffix.endsWith("i") ? 1024n ** BigInt(BINARY.indexOf(suffix.charAt(0)) + 1) : 1n;
}
