import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from "jose";

/** Signs a token for a player, or with a scope for a casino's back end. */
export type Signer = (subject: string, scope?: string) => Promise<string>;

/** A key of the suite's own: it brings its issuer along, as a casino does. */
export async function newKey(): Promise<{ secret: JWK; jwks: string }> {
  const pair = await generateKeyPair("ES256", { extractable: true });
  const secret = { ...(await exportJWK(pair.privateKey)), kid: "e2e", alg: "ES256" };
  const shown = { ...(await exportJWK(pair.publicKey)), kid: "e2e", alg: "ES256", use: "sig" };
  return { secret, jwks: JSON.stringify({ keys: [shown] }) };
}

/** Signs with the key, in the names that the platform was told to accept. */
export function signerOf(jwk: JWK, names: { issuer: string; audience: string }): Signer {
  return async (subject, scope) => {
    const key = await importJWK(jwk, "ES256");
    return await new SignJWT(scope ? { scope } : {})
      .setProtectedHeader({ alg: "ES256", kid: jwk.kid ?? "e2e" })
      .setSubject(subject)
      .setIssuer(names.issuer)
      .setAudience(names.audience)
      .setExpirationTime("1h")
      .sign(key);
  };
}
