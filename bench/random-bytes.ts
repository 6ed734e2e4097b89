import { createHash } from "node:crypto";
import { type Seeds, stream } from "../games/seed-stream.ts";

/** Endless random bytes, a chunk at a time. */
export type Bytes = Generator<Buffer, never>;

const CHUNK = 65_536;
const WORD = 8;
const HALF = 4;
/** As many draws of 8 bytes as one block of the stream has. */
const DRAWS_A_ROUND = 4;

function seedsOf(name: string): Omit<Seeds, "nonce"> {
  return { serverSeed: createHash("sha256").update(name).digest(), clientSeed: "pitboss" };
}

/** The stream of one round, without end, as it is: below(2^64) is the next 8 bytes. */
function* oneRound(seed: string): Bytes {
  const draws = stream({ ...seedsOf(seed), nonce: 0 });
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK);
    for (let i = 0; i < CHUNK; i += WORD) chunk.writeBigUInt64BE(draws.belowBig(2n ** 64n), i);
    yield chunk;
  }
}

/** Round after round of one seed pair, each with its first few draws: what players get to see. */
function* manyRounds(seed: string): Bytes {
  const seeds = seedsOf(seed);
  for (let nonce = 0; ; ) {
    const chunk = Buffer.allocUnsafe(CHUNK);
    for (let i = 0; i < CHUNK; nonce++) {
      const draws = stream({ ...seeds, nonce });
      for (let n = 0; n < DRAWS_A_ROUND; n++, i += HALF)
        chunk.writeUInt32BE(draws.below(2 ** 32), i);
    }
    yield chunk;
  }
}

/** What the battery is fed with; the same seed gives the same bytes. */
export const streams: readonly { name: string; open(seed: string): Bytes }[] = [
  { name: "the stream of one round", open: oneRound },
  { name: "4 draws below(2^32) of each round", open: manyRounds },
];

/** The first stream with one bit in 512 stuck at 1: a battery that lets this pass sees nothing. */
export function* stuck(seed: string): Bytes {
  for (const chunk of oneRound(seed)) {
    for (let i = 0; i < CHUNK; i += 64) chunk[i] = (chunk[i] ?? 0) | 1;
    yield chunk;
  }
  throw new Error("the stream of a round has no end");
}
