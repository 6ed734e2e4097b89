// The curve of crash: the multiplier at each tick, in hundredths, up to the first tick that reaches the largest.
import type { Fraction } from "../fraction.ts";

export type Curve = Uint32Array;

/** A round lasts no longer: some hours of ticks, and a few megabytes. */
export const mostTicks = 1_000_000;

const start = 10n ** 12n;
const hundredth = start / 100n;

/** Undefined where the largest multiplier is not reached in time. */
export function curveOf(growth: Fraction, largest: number): Curve | undefined {
  const curve = new Uint32Array(mostTicks);
  const factor = growth.n + growth.d;
  let value = start;
  for (let tick = 0; tick < mostTicks; tick++) {
    const multiplier = Number(value / hundredth);
    // The last value may be far above the largest, and beyond 32 bits.
    curve[tick] = Math.min(multiplier, largest);
    if (multiplier >= largest) return curve.slice(0, tick + 1);
    value = (value * factor) / growth.d;
  }
  return undefined;
}

/** The first tick at which the curve is at this multiplier or above, for multipliers up to the largest. */
export function tickOf(curve: Curve, multiplier: number): number {
  let [low, high] = [0, curve.length - 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((curve[middle] ?? 0) >= multiplier) high = middle;
    else low = middle + 1;
  }
  return low;
}
