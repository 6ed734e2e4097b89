// The return once more, for the tests: deal by deal, with no symmetry and no counting by rank.
import assert from "node:assert/strict";
import { classOf } from "./hands.ts";
import { toHold } from "./rules.ts";
import { eachHand } from "./testing.ts";

/** C(n, k). */
function binomial(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= k; i++) ways = (ways * (n - k + i)) / i;
  return ways;
}

const below = Array.from({ length: 53 }, (_, n) => [0, 1, 2, 3, 4, 5].map((k) => binomial(n, k)));

/** The number of a set of cards, in any order of descending cards. */
function numberOf(cards: readonly number[], mask: number): number {
  let [number, size] = [0, 0];
  for (let i = cards.length - 1; i >= 0; i--) {
    if (((mask >> i) & 1) === 0) continue;
    size += 1;
    number += below[cards[i] ?? 0]?.[size] ?? 0;
  }
  return number;
}

const sizes = Array.from({ length: 32 }, (_, mask) => toHold(mask).filter(Boolean).length);

/**
 * The sum over all deals of what the best hold pays on average, times 7,669,695, which every number of draws divides.
 * From the pays of every single hand, with a sum for each set of cards: no class, symmetry or rank is counted.
 */
export function bestOfAll(pays: readonly number[]): bigint {
  const sums = [1, 52, 1326, 22_100, 270_725, 2_598_960].map((n) => new Float64Array(n));
  eachHand((cards) => {
    const pay = pays[classOf(cards)] ?? 0;
    if (pay === 0) return;
    for (let mask = 0; mask < 32; mask++) {
      const list = sums[sizes[mask] ?? 0] ?? assert.fail();
      const at = numberOf(cards, mask);
      list[at] = (list[at] ?? 0) + pay;
    }
  });
  const scale = sizes.map((size) => 7_669_695 / binomial(47, 5 - size));
  const exactly = new Float64Array(32);
  let [total, part] = [0n, 0];
  eachHand((cards) => {
    for (let mask = 0; mask < 32; mask++) {
      exactly[mask] = sums[sizes[mask] ?? 0]?.[numberOf(cards, mask)] ?? 0;
    }
    // Hands that hold more of the deal than a hold are no draws of it: largest sets first.
    part += bestOfDeal(exactly, scale);
    if (part > 2 ** 51) {
      total += BigInt(part);
      part = 0;
    }
  });
  return total + BigInt(part);
}

/** Turns sums over hands that contain a set into sums over hands that share no more with the deal; the best value. */
function bestOfDeal(sums: Float64Array, scale: readonly number[]): number {
  let best = 0;
  for (let hold = 31; hold >= 0; hold--) {
    let sum = sums[hold] ?? 0;
    for (let more = (hold + 1) | hold; more < 32; more = (more + 1) | hold) sum -= sums[more] ?? 0;
    sums[hold] = sum;
    best = Math.max(best, sum * (scale[hold] ?? 0));
  }
  return best;
}
