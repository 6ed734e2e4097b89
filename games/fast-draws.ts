import { createHash } from "node:crypto";
import { chooseFrom, type Draws, shuffleFrom } from "./draws.ts";

const word = 2 ** 32;

/** Unbiased draws from sfc32: fast and repeatable, for simulations only. Rounds for players use `stream`. */
export class FastDraws implements Draws {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  constructor(seed: string) {
    const hash = createHash("sha256").update(seed, "utf8").digest();
    this.#a = hash.readInt32BE(0);
    this.#b = hash.readInt32BE(4);
    this.#c = hash.readInt32BE(8);
    this.#counter = 1;
  }

  below(n: number): number {
    if (n > word) return Number(this.belowBig(BigInt(n)));
    if (n === 1) return 0;
    const rejected = word % n;
    for (;;) {
      const drawn = this.#next();
      if (drawn >= rejected) return drawn % n;
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
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
}
