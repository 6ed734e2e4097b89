import { createHash, createHmac, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";

/** PostgreSQL's own default; a password made of 32 random bytes needs no more. */
const ITERATIONS = 4096;
const SALT_BYTES = 16;
const KEY_BYTES = 32;

const derive = promisify(pbkdf2);

/**
 * What PostgreSQL stores for a password under SCRAM-SHA-256 (RFC 5803), so that the password itself reaches neither
 * a statement nor the server's log. Printable ASCII only: SASLprep leaves that as it is.
 */
export async function scramVerifier(
  password: string,
  salt: Buffer = randomBytes(SALT_BYTES),
  iterations: number = ITERATIONS,
): Promise<string> {
  if (!/^[\x20-\x7e]+$/.test(password)) {
    throw new RangeError("A database password must be printable ASCII and not empty.");
  }
  const salted = await derive(password, salt, iterations, KEY_BYTES, "sha256");
  const clientKey = hmac(salted, "Client Key");
  const storedKey = createHash("sha256").update(clientKey).digest("base64");
  const serverKey = hmac(salted, "Server Key").toString("base64");
  return `SCRAM-SHA-256$${iterations}:${salt.toString("base64")}$${storedKey}:${serverKey}`;
}

function hmac(key: Buffer, message: string): Buffer {
  return createHmac("sha256", key).update(message).digest();
}
