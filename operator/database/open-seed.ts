import { createDecipheriv } from "node:crypto";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Whose seed it is: bound to the ciphertext, so that it opens nowhere else. */
export interface SeedOwner {
  readonly game: string;
  readonly player: string;
  /** Id of the seed pair. */
  readonly pair: string;
}

/**
 * Opens a server seed as the game's runtime seals it (runtime/seal.ts): nonce, ciphertext and tag of AES-256-GCM,
 * with `<game>/<player>/<pair>` as additional data. The operator needs it to finish and reveal what a deleted game
 * leaves; a test holds the two together.
 */
export function openSeed(key: Buffer, owner: SeedOwner, sealed: Buffer): Buffer {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(`${owner.game}/${owner.player}/${owner.pair}`, "utf8"));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    const seed = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
    return Buffer.concat([seed, decipher.final()]);
  } catch (cause) {
    throw new Error(`the seed of pair ${owner.pair} does not open with the game's seed key`, {
      cause,
    });
  }
}
