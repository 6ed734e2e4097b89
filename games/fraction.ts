/** An exact rational number in lowest terms; the denominator is positive. Never mutated. */
export interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}

const longestText = 80;
const decimalText = /^(0|[1-9][0-9]*)(?:\.([0-9]+))?$/;
const quotientText = /^(0|[1-9][0-9]*)\/([1-9][0-9]*)$/;

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** The least common multiple of two positive integers. */
export function lcm(a: bigint, b: bigint): bigint {
  return (a / gcd(a, b)) * b;
}

/** n/d in lowest terms. */
export function fraction(n: bigint | number, d: bigint | number = 1n): Fraction {
  const [top, bottom] = [BigInt(n), BigInt(d)];
  if (bottom === 0n) throw new RangeError("a fraction needs a denominator other than 0");
  const sign = bottom < 0n ? -1n : 1n;
  const common = gcd(top, sign * bottom);
  return Object.freeze({ n: (sign * top) / common, d: (sign * bottom) / common });
}

export const zero: Fraction = fraction(0);
export const one: Fraction = fraction(1);

/** Reads "1.96" or "49/50"; anything else (signs, exponents, blanks) is a RangeError. */
export function parseFraction(text: string): Fraction {
  if (text.length <= longestText) {
    const decimal = decimalText.exec(text);
    if (decimal) {
      const digits = decimal[2] ?? "";
      return fraction(BigInt(`${decimal[1]}${digits}`), 10n ** BigInt(digits.length));
    }
    const quotient = quotientText.exec(text);
    if (quotient) return fraction(BigInt(quotient[1] ?? ""), BigInt(quotient[2] ?? ""));
  }
  throw new RangeError(`"${text.slice(0, longestText)}" is neither a decimal nor a/b`);
}

export function add(a: Fraction, b: Fraction): Fraction {
  return fraction(a.n * b.d + b.n * a.d, a.d * b.d);
}

export function sub(a: Fraction, b: Fraction): Fraction {
  return fraction(a.n * b.d - b.n * a.d, a.d * b.d);
}

export function mul(a: Fraction, b: Fraction): Fraction {
  return fraction(a.n * b.n, a.d * b.d);
}

export function div(a: Fraction, b: Fraction): Fraction {
  return fraction(a.n * b.d, a.d * b.n);
}

/** Negative, zero or positive as a is below, equal to or above b. */
export function compare(a: Fraction, b: Fraction): number {
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : Number(difference > 0n);
}

export function max(a: Fraction, b: Fraction): Fraction {
  return compare(a, b) >= 0 ? a : b;
}

export function min(a: Fraction, b: Fraction): Fraction {
  return compare(a, b) <= 0 ? a : b;
}

/** The largest integer that is not above f. */
export function floor(f: Fraction): bigint {
  const quotient = f.n / f.d;
  return f.n < 0n && quotient * f.d !== f.n ? quotient - 1n : quotient;
}

/** f rounded down to so many decimals. */
export function floorTo(f: Fraction, decimals: number): Fraction {
  const scale = 10n ** BigInt(decimals);
  return fraction(floor(mul(f, fraction(scale))), scale);
}

/** "49/50", or "2" where the denominator is 1. */
export function toText(f: Fraction): string {
  return f.d === 1n ? String(f.n) : `${f.n}/${f.d}`;
}

/** A decimal with at most so many digits after the point, without trailing zeros. */
export function toDecimal(
  f: Fraction,
  digits: number,
  rounding: "nearest" | "down" | "up" = "nearest",
): string {
  const shifted = mul(f, fraction(10n ** BigInt(digits)));
  const upward = rounding === "up" ? fraction(shifted.d - 1n, shifted.d) : fraction(1, 2);
  const scaled = floor(rounding === "down" ? shifted : add(shifted, upward));
  const text = String(scaled < 0n ? -scaled : scaled).padStart(digits + 1, "0");
  const point = text.length - digits;
  const decimals = text.slice(point).replace(/0+$/, "");
  const sign = scaled < 0n ? "-" : "";
  return `${sign}${text.slice(0, point)}${decimals === "" ? "" : `.${decimals}`}`;
}

/** The nearest double: for statistics only, never for money or odds. */
export function toNumber(f: Fraction): number {
  const size = (x: bigint) => x.toString(2).length;
  const shift = BigInt(Math.max(0, 64 - size(f.n) + size(f.d)));
  return Number((f.n << shift) / f.d) / 2 ** Number(shift);
}
