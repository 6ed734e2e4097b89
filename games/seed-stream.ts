// The stream of docs/fairness.md: verifiers from outside rebuild it from that page alone.
import { createHash } from "node:crypto";
import { chooseFrom, type Draws, shuffleFrom } from "./draws.ts";
import { hmacSha256 } from "./hmac.ts";

export interface Seeds {
  /** The 32 raw bytes. */
  serverSeed: Uint8Array;
  clientSeed: string;
  nonce: bigint | number;
  /** The lower-case hex block hash, for games that mix in chain entropy. */
  entropy?: string;
}

const blockBytes = 32;
const word = 2n ** 64n;
const wideWord = 2n ** 256n;
const half = 2 ** 32;
/** Below this, hi × 2^32 + lo stays exact in a double after hi was reduced. */
const fastLimit = 2 ** 21;

/** Lower-case hex SHA-256 of the 32 bytes: what is committed before the first round. */
export function serverSeedHash(seed: Uint8Array): string {
  return createHash("sha256").update(seed).digest("hex");
}

/** Draws of one round; with a label (`jackpot/<namespace>/<name>:`) the separate stream of a jackpot. */
export function stream(seeds: Seeds, label = ""): Draws {
  return new SeedStream(seeds, label);
}

class SeedStream implements Draws {
  readonly #hmac: (message: string) => Buffer;
  readonly #prefix: string;
  readonly #suffix: string;
  #block: Buffer = Buffer.alloc(0);
  #blocks = 0;
  #offset = 0;

  constructor(seeds: Seeds, label: string) {
    if (seeds.serverSeed.length !== 32) throw new RangeError("a server seed has 32 bytes");
    this.#hmac = hmacSha256(seeds.serverSeed);
    this.#prefix = `${label}${seeds.clientSeed}:${seeds.nonce}:`;
    this.#suffix = seeds.entropy === undefined ? "" : `:${seeds.entropy}`;
  }

  below(n: number): number {
    if (!Number.isSafeInteger(n - 1) || n < 1) throw new RangeError(`below(${n}) is not defined`);
    if (n === 1) return 0;
    if (n > fastLimit) return Number(this.belowBig(BigInt(n)));
    const remainder = half % n;
    const rejected = (remainder * remainder) % n;
    for (;;) {
      this.#turn();
      const hi = this.#block.readUInt32BE(this.#offset);
      const lo = this.#block.readUInt32BE(this.#offset + 4);
      this.#offset += 8;
      if (hi < half - 1 || lo < half - rejected) return ((hi % n) * half + lo) % n;
    }
  }

  belowBig(n: bigint): bigint {
    if (n < 1n || n > wideWord) throw new RangeError(`below(${n}) is not defined`);
    if (n === 1n) return 0n;
    const [range, words] = n <= word ? [word, 1] : [wideWord, 4];
    const limit = range - (range % n);
    for (;;) {
      const drawn = this.#integer(words);
      if (drawn < limit) return drawn % n;
    }
  }

  shuffle(n: number): number[] {
    return shuffleFrom(this, n);
  }

  choose(n: number, k: number): number[] {
    return chooseFrom(this, n, k);
  }

  /** The next words of 8 bytes as one big-endian integer; they may come from two blocks. */
  #integer(words: number): bigint {
    let value = 0n;
    for (let i = 0; i < words; i++) {
      this.#turn();
      value = value * word + this.#block.readBigUInt64BE(this.#offset);
      this.#offset += 8;
    }
    return value;
  }

  /** Makes the next block once this one is used up. Every draw takes whole words, so none is split. */
  #turn(): void {
    if (this.#offset < this.#block.length) return;
    this.#block = this.#hmac(`${this.#prefix}${this.#blocks}${this.#suffix}`);
    this.#blocks += 1;
    this.#offset = this.#block.length - blockBytes;
  }
}
