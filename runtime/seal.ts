import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

const algorithm = "aes-256-gcm";
const nonceBytes = 12;
const tagBytes = 16;
const seedBytes = 32;

/** Whose seed it is: bound to the ciphertext, so that it opens nowhere else. */
export interface SealedFor {
  readonly game: string;
  readonly player: string;
  /** Id of the seed pair. */
  readonly pair: string;
}

function boundTo({ game, player, pair }: SealedFor): Buffer {
  // A game's name and a pair's id hold no slash, so no two owners have one text.
  return Buffer.from(`${game}/${player}/${pair}`, "utf8");
}

/**
 * Seals a server seed under the game's key: AES-256-GCM over the 32 bytes, additional data
 * `<game>/<player>/<pair>` in UTF-8; the result is nonce (12 bytes), ciphertext (32), tag (16).
 */
export function seal(key: Buffer, owner: SealedFor, serverSeed: Buffer): Buffer {
  if (serverSeed.length !== seedBytes) throw new RangeError("a server seed has 32 bytes");
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(boundTo(owner));
  const body = Buffer.concat([cipher.update(serverSeed), cipher.final()]);
  return Buffer.concat([nonce, body, cipher.getAuthTag()]);
}

/** Opens what `seal` made; throws where the key, the owner or a byte is another. */
export function unseal(key: Buffer, owner: SealedFor, sealed: Buffer): Buffer {
  if (sealed.length !== nonceBytes + seedBytes + tagBytes) {
    throw new Error(`the sealed seed of pair ${owner.pair} has ${sealed.length} bytes, not 60`);
  }
  const nonce = sealed.subarray(0, nonceBytes);
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  decipher.setAAD(boundTo(owner));
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  try {
    const body = decipher.update(sealed.subarray(nonceBytes, -tagBytes));
    return Buffer.concat([body, decipher.final()]);
  } catch (cause) {
    const message = `the seed of pair ${owner.pair} does not open with this game's seed key`;
    throw new Error(message, { cause });
  }
}
