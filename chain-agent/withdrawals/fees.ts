/** What a transaction pays: for a unit of size at most, and the tip within that. */
export interface Rates {
  readonly rate: bigint;
  readonly tip: bigint;
}

/**
 * A replacement must pay an eighth more in both: geth takes nothing below 10 % (core/txpool/legacypool PriceBump), others
 * 12.5 % (Besu, Nethermind 10 %, Erigon 10 %).
 */
const numerator = 9n;
const denominator = 8n;

/** An eighth more, rounded up. */
export function raised(amount: bigint): bigint {
  return (amount * numerator + denominator - 1n) / denominator;
}

const larger = (a: bigint, b: bigint) => (a > b ? a : b);

/** The rates of a first transaction: the market's, or the wanted rate where that is more, below the cap. */
export function firstRates(market: Rates, cap: bigint, wanted = 0n): Rates {
  const aim = larger(market.rate, wanted);
  const rate = aim < cap ? aim : cap;
  return { rate, tip: market.tip < rate ? market.tip : rate };
}

/**
 * The rates of a transaction that replaces another: an eighth above that one, or the market's or the wanted rate where that
 * is more. Undefined where the cap does not allow it: the old one stays.
 */
export function replacingRates(
  old: Rates,
  market: Rates,
  cap: bigint,
  wanted: bigint,
): Rates | undefined {
  const least = raised(old.rate);
  if (least > cap) return undefined;
  const aim = larger(market.rate, wanted);
  const rate = larger(least, aim < cap ? aim : cap);
  const tip = larger(raised(old.tip), market.tip);
  return { rate, tip: tip < rate ? tip : rate };
}
