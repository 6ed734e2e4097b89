import { generateKeyPairSync, randomBytes, X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Who may log in with a token of the API server's token file. */
export interface User {
  readonly name: string;
  readonly groups: readonly string[];
}

export interface Credentials {
  readonly tokenFile: string;
  readonly signingKey: string;
  readonly verifyingKey: string;
  /** Where the API server keeps the certificate that it makes for itself. */
  readonly certificates: string;
  readonly caFile: string;
  readonly keyFile: string;
  token(user: string): string;
}

export const adminUser = "pitboss-admin";
export const controllerManagerUser = "system:kube-controller-manager";
export const schedulerUser = "system:kube-scheduler";

const builtIn: readonly User[] = [
  { name: adminUser, groups: ["system:masters"] },
  { name: controllerManagerUser, groups: [] },
  { name: schedulerUser, groups: [] },
];
const renewBeforeMs = 60 * 24 * 3_600_000;

/** Tokens, the key of ServiceAccount tokens and the API server's certificate, kept between runs. */
export function makeCredentials(directory: string, users: readonly User[]): Credentials {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const signingKey = join(directory, "service-accounts.key");
  const verifyingKey = join(directory, "service-accounts.pub");
  if (!existsSync(signingKey)) writeKeyPair(signingKey, verifyingKey);
  const tokenFile = join(directory, "tokens.csv");
  const tokens = writeTokens(tokenFile, [...builtIn, ...users]);
  const certificates = join(directory, "certificates");
  const caFile = join(certificates, "apiserver.crt");
  forgetOldCertificate(certificates, caFile);
  return {
    tokenFile,
    signingKey,
    verifyingKey,
    certificates,
    caFile,
    keyFile: join(certificates, "apiserver.key"),
    token(user) {
      const found = tokens.get(user);
      if (found === undefined) throw new Error(`no token was made for ${user}`);
      return found;
    },
  };
}

function writeKeyPair(signingKey: string, verifyingKey: string): void {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  writeFileSync(verifyingKey, publicKey);
  writeFileSync(signingKey, privateKey, { mode: 0o600 });
}

/** Keeps the tokens of the last run, so that a kubeconfig that somebody copied stays good. */
function writeTokens(file: string, users: readonly User[]): Map<string, string> {
  const kept = new Map<string, string>();
  for (const line of existsSync(file) ? readFileSync(file, "utf8").split("\n") : []) {
    const [token, name] = line.split(",");
    if (token && name) kept.set(name, token);
  }
  const tokens = new Map<string, string>();
  for (const { name } of users) {
    tokens.set(name, kept.get(name) ?? randomBytes(24).toString("base64url"));
  }
  const lines = users.map(
    ({ name, groups }) => `${tokens.get(name)},${name},${name},"${groups.join(",")}"\n`,
  );
  writeFileSync(file, lines.join(""), { mode: 0o600 });
  return tokens;
}

/** The API server makes its certificate for a year and never looks at its age again. */
function forgetOldCertificate(certificates: string, caFile: string): void {
  if (!existsSync(caFile)) return;
  const ends = new X509Certificate(readFileSync(caFile)).validToDate.getTime();
  if (ends - Date.now() < renewBeforeMs) rmSync(certificates, { recursive: true });
}
