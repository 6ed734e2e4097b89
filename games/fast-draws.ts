import { createHash } from "node:crypto";
import { chooseFrom, type Draws, shuffleFrom } from "./draws.ts";

const word = 2 ** 32;

/** Unbiased draws from sfc32: fast and repeatable, for simulations only. Rounds for players use `stream`. */
export class FastDraws implements Draws {
  /** a, b, c and the counter. Numbers in a typed array are never boxed: half as fast again as four fields. */
  readonly #state = new Int32Array(4);

  constructor(seed: string) {
    const hash = createHash("sha256").update(seed, "utf8").digest();
    this.#state.set([hash.readInt32BE(0), hash.readInt32BE(4), hash.readInt32BE(8), 1]);
  }

  below(n: number): number {
    if (n > word) return Number(this.belowBig(BigInt(n)));
    if (n === 1) return 0;
    for (;;) {
      const drawn = this.#next();
      // The lowest 2^32 mod n are rejected; the division that says how many is rarely needed.
      if (drawn >= n || drawn >= word % n) return drawn % n;
    }
  }

  belowBig(n: bigint): bigint {
    let [range, value] = [1n, 0n];
    while (range < n) {
      range <<= 32n;
      value = (value << 32n) | BigInt(this.#next());
    }
    return value < range - (range % n) ? value % n : this.belowBig(n);
  }

  shuffle(n: number): number[] {
    return shuffleFrom(this, n);
  }

  choose(n: number, k: number): number[] {
    return chooseFrom(this, n, k);
  }

  /** 32 bits, 0 … 2^32 − 1. */
  #next(): number {
    const state = this.#state;
    const [a = 0, b = 0, c = 0, counter = 0] = [state[0], state[1], state[2], state[3]];
    const sum = (a + b + counter) | 0;
    state[0] = b ^ (b >>> 9);
    state[1] = c + (c << 3);
    state[2] = ((c << 21) | (c >>> 11)) + sum;
    state[3] = counter + 1;
    return sum >>> 0;
  }
}
