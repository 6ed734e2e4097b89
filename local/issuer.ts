import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from "jose";

const ALGORITHM = "ES256";

export interface IssuerOptions {
  /** Folder that keeps the key between runs. */
  directory: string;
  issuer: string;
  audience: string;
  /** A JSON Web Key Set whose keys the platform accepts too, such as the end-to-end suite's. */
  extraJwks?: string | undefined;
}

/** Signs tokens for the local platform. It is not in the image: production brings its own issuer. */
export interface Issuer {
  issuer: string;
  audience: string;
  /** The public keys as a JSON Web Key Set. */
  jwks: string;
  sign(subject: string, scope?: string): Promise<string>;
}

/** Opens the development issuer, making its key at the first start. */
export async function openIssuer(options: IssuerOptions): Promise<Issuer> {
  const { directory, issuer, audience, extraJwks } = options;
  const secret = await keptKey(directory);
  const key = await importJWK(secret, ALGORITHM);
  const { d: _private, ...shown } = secret;
  const extra = extraJwks ? (JSON.parse(extraJwks) as { keys: JWK[] }).keys : [];
  return {
    issuer,
    audience,
    jwks: JSON.stringify({ keys: [shown, ...extra] }),
    async sign(subject, scope) {
      return await new SignJWT(scope ? { scope } : {})
        .setProtectedHeader({ alg: ALGORITHM, kid: secret.kid ?? "" })
        .setSubject(subject)
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime("12h")
        .sign(key);
    },
  };
}

async function keptKey(directory: string): Promise<JWK> {
  const file = join(directory, "issuer.jwk.json");
  try {
    return JSON.parse(await readFile(file, "utf8")) as JWK;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const pair = await generateKeyPair(ALGORITHM, { extractable: true });
  const jwk = { ...(await exportJWK(pair.privateKey)), kid: "local", alg: ALGORITHM, use: "sig" };
  await mkdir(directory, { recursive: true });
  await writeFile(file, JSON.stringify(jwk), { mode: 0o600 });
  await chmod(file, 0o600);
  return jwk;
}
