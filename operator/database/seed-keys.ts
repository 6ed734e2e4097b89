import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { PoolClient } from "pg";
import { inSession } from "./session.ts";
import type { Database, Result } from "./types.ts";

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * The key that seals a game's server seeds: made once, kept in the database wrapped by the platform's key, so that
 * the game's namespace can go without a proof being lost. Whoever asks first makes it; all get the same.
 */
export function seedKey(db: Database, game: string, platformKey: Buffer): Promise<Result<Buffer>> {
  return inSession(db, `reading the seed key of ${game}`, async (client) => {
    const wrapped = (await read(client, game)) ?? (await make(client, game, platformKey));
    const key = unwrapKey(platformKey, game, wrapped);
    if (key !== null) return { ok: key };
    return {
      problem: "PlatformKeyMismatch",
      message: `The platform key does not open the seed key of ${game}. Restore the platform key's Secret from its backup; with another key no round of this game can be proven.`,
    };
  });
}

/** nonce ‖ ciphertext ‖ tag, AES-256-GCM, bound to the game's name. */
export function wrapKey(platformKey: Buffer, game: string, key: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", platformKey, nonce).setAAD(boundTo(game));
  return Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
}

/** null where it was wrapped by another key, for another game, or was changed. */
export function unwrapKey(platformKey: Buffer, game: string, wrapped: Buffer): Buffer | null {
  if (wrapped.length !== NONCE_BYTES + KEY_BYTES + TAG_BYTES) return null;
  const nonce = wrapped.subarray(0, NONCE_BYTES);
  const tag = wrapped.subarray(-TAG_BYTES);
  const decipher = createDecipheriv("aes-256-gcm", platformKey, nonce, {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(boundTo(game)).setAuthTag(tag);
  const sealed = wrapped.subarray(NONCE_BYTES, -TAG_BYTES);
  try {
    return Buffer.concat([decipher.update(sealed), decipher.final()]);
  } catch {
    // The only way in which GCM says that the tag does not fit.
    return null;
  }
}

function boundTo(game: string): Buffer {
  return Buffer.from(`pitboss seed key of ${game}`);
}

async function read(client: PoolClient, game: string): Promise<Buffer | null> {
  const { rows } = await client.query<{ wrapped_key: Buffer }>(
    "SELECT wrapped_key FROM pitboss.seed_keys WHERE game = $1",
    [game],
  );
  return rows[0]?.wrapped_key ?? null;
}

async function make(client: PoolClient, game: string, platformKey: Buffer): Promise<Buffer> {
  const wrapped = wrapKey(platformKey, game, randomBytes(KEY_BYTES));
  await client.query(
    "INSERT INTO pitboss.seed_keys (game, wrapped_key) VALUES ($1, $2) ON CONFLICT DO NOTHING",
    [game, wrapped],
  );
  // Another operator may have been first; its key is the one.
  return (await read(client, game)) ?? wrapped;
}
