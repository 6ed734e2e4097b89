import { readFile, stat } from "node:fs/promises";
import type { JWTPayload, JWTVerifyGetKey } from "jose";
// Parts of jose: the whole of it costs 9 MB.
import * as joseErrors from "jose/errors";
import { createLocalJWKSet } from "jose/jwks/local";
import { createRemoteJWKSet } from "jose/jwks/remote";
import { jwtVerify } from "jose/jwt/verify";
import type { KeySource } from "./config.ts";
import type { Refusal } from "./errors.ts";

/** Who calls: `sub` of the token, and what it may do beyond its own play. */
export interface Caller {
  readonly player: string;
  readonly scopes: ReadonlySet<string>;
}

/** Tells a caller by the Authorization header, or why there is none. */
export type Authenticate = (header: string | undefined) => Promise<Caller | Refusal>;

/** The only signatures taken: no symmetric key and no "none" can be talked into this. */
const algorithms = ["RS256", "ES256", "EdDSA"];
/** A player's name goes into keys and logs: short, and nothing that a terminal would act on. */
export const PLAYER_PATTERN = "^[^\\u0000-\\u001f\\u007f-\\u009f\\ud800-\\udfff]{1,255}$";
const playerName = new RegExp(PLAYER_PATTERN, "u");
/** A token's signature is checked once in this time; what it says about its end always binds. */
const REMEMBER_MS = 30_000;
const REMEMBERED_MAX = 10_000;
/** How often a mounted key file is looked at. */
const FILE_CHECK_MS = 1_000;

const faults: Readonly<Record<string, string>> = {
  ERR_JOSE_ALG_NOT_ALLOWED: `its alg is none of ${algorithms.join(", ")}`,
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: "it names no kid, and several keys would fit it",
  ERR_JWKS_NO_MATCHING_KEY: "no key here has its kid and alg",
  ERR_JWS_INVALID: "it is no signed JWT",
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: "its signature is not by the key that it names",
  ERR_JWT_EXPIRED: "it has expired, get another",
  ERR_JWT_INVALID: "its claims are no JSON object",
};

/** Why a token is refused, for whoever sent it: it names claims, never what they hold. */
function whyRefused(error: joseErrors.JOSEError): string {
  if (!(error instanceof joseErrors.JWTClaimValidationFailed)) {
    return faults[error.code] ?? error.code;
  }
  const { claim, reason } = error;
  if (reason === "missing") return `its ${claim} is missing`;
  if (claim === "nbf") return "its nbf lies ahead";
  return `its ${claim} is not what is taken here`;
}

/** The keys cannot be had: nobody's fault but ours, so 503 and not 401. */
class KeysAway extends Error {
  override readonly name = "KeysAway" as const;
}

function fileKeys(path: string): JWTVerifyGetKey {
  let current: { keys: JWTVerifyGetKey; stamp: string } | null = null;
  let checked = 0;
  return async (header, token) => {
    if (current === null || Date.now() - checked > FILE_CHECK_MS) {
      // Secrets are swapped as symbolic links: the inode changes even where the time does not.
      const { mtimeMs, ino, size } = await stat(path);
      const stamp = `${mtimeMs} ${ino} ${size}`;
      if (current?.stamp !== stamp) {
        const keys = createLocalJWKSet(JSON.parse(await readFile(path, "utf8")));
        current = { keys, stamp };
      }
      checked = Date.now();
    }
    return await current.keys(header, token);
  };
}

function keysFrom(source: KeySource): JWTVerifyGetKey {
  if ("inline" in source) return createLocalJWKSet(JSON.parse(source.inline));
  if ("file" in source) return fileKeys(source.file);
  return createRemoteJWKSet(new URL(source.url), { timeoutDuration: 3_000 });
}

/** An unknown or unusable key is the token's fault; all else that goes wrong is the source's. */
function orKeysAway(keys: JWTVerifyGetKey): JWTVerifyGetKey {
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (cause) {
      const { JWKSNoMatchingKey, JWKSMultipleMatchingKeys, JOSENotSupported } = joseErrors;
      const tokens = [JWKSNoMatchingKey, JWKSMultipleMatchingKeys, JOSENotSupported];
      if (tokens.some((kind) => cause instanceof kind)) throw cause;
      throw new KeysAway("while getting the token keys", { cause });
    }
  };
}

function callerOf(payload: JWTPayload): Caller | Refusal {
  if (typeof payload.sub !== "string" || !playerName.test(payload.sub)) {
    return { refused: "unauthorized", detail: "the token's sub is not a player's name" };
  }
  const scope = typeof payload["scope"] === "string" ? payload["scope"] : "";
  return { player: payload.sub, scopes: new Set(scope.split(" ").filter(Boolean)) };
}

/** Checks bearer tokens as the platform is set; each answer is remembered for a short while. */
export function authentication(options: {
  keys: KeySource;
  issuer: string;
  audience: string;
  /** Hears why the keys could not be had. */
  keysAway: (error: Error) => void;
}): Authenticate {
  const keys = orKeysAway(keysFrom(options.keys));
  const { issuer, audience } = options;
  const requiredClaims = ["sub", "exp"];
  const remembered = new Map<string, { caller: Caller; until: number }>();

  async function check(token: string): Promise<Caller | Refusal> {
    const checks = { issuer, audience, algorithms, requiredClaims };
    const { payload } = await jwtVerify(token, keys, checks);
    const caller = callerOf(payload);
    if (!("refused" in caller)) {
      if (remembered.size >= REMEMBERED_MAX) remembered.clear();
      const until = Math.min(Date.now() + REMEMBER_MS, (payload.exp ?? 0) * 1000);
      remembered.set(token, { caller, until });
    }
    return caller;
  }

  return async (header) => {
    const token = /^Bearer +([\w.~+/=-]+)$/i.exec(header ?? "")?.[1];
    if (token === undefined) {
      return { refused: "unauthorized", detail: "send Authorization: Bearer <token>" };
    }
    const known = remembered.get(token);
    if (known !== undefined && known.until > Date.now()) return known.caller;
    remembered.delete(token);
    try {
      return await check(token);
    } catch (error) {
      if (error instanceof KeysAway) {
        options.keysAway(error);
        return { refused: "unavailable", detail: "the token keys cannot be reached" };
      }
      if (error instanceof joseErrors.JOSEError) {
        return { refused: "unauthorized", detail: `the token is refused: ${whyRefused(error)}` };
      }
      throw error;
    }
  };
}
