import {
  createPrivateKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  X509Certificate,
} from "node:crypto";
import {
  bits,
  choice,
  integer,
  octets,
  oid,
  sequence,
  set,
  tagged,
  time,
  utf8,
  yes,
} from "./der.ts";

/** A private key and its certificate, in PEM. */
export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

/** Whom a certificate is for. */
export interface Subject {
  /** Who it is: CN. */
  readonly name: string;
  /** The names that a server is reached by; none for a client. */
  readonly dns?: readonly string[];
}

const DAY_MS = 24 * 3_600_000;
const AUTHORITY_DAYS = 3650;
const LEAF_DAYS = 730;
/** A certificate is replaced when this much of its life is left. */
const RENEW_DAYS = 365;

const ECDSA_SHA256 = sequence(oid("2a8648ce3d040302"));
const SERVER = oid("2b06010505070301");
const CLIENT = oid("2b06010505070302");

/** An authority of its own making: nothing outside the platform trusts it. */
export function newAuthority(name: string, now: Date): KeyPair {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const constraints = [
    sequence(oid("551d13"), yes, octets(sequence(yes))), // basicConstraints: a CA
    sequence(oid("551d0f"), yes, octets(bits(Buffer.from([0x06]), 1))), // keyUsage: signs certificates
  ];
  const body = toBeSigned(
    { issuer: nameOf(name), subject: nameOf(name), extensions: constraints },
    pair.publicKey.export({ type: "spki", format: "der" }),
    [now.getTime() - DAY_MS, now.getTime() + AUTHORITY_DAYS * DAY_MS],
  );
  const key = pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  return { key, cert: signed(body, key) };
}

/** A certificate of the authority, good for two years: for a server by its names, for a client by who it is. */
export function issue(authority: KeyPair, { name, dns = [] }: Subject, now: Date): KeyPair {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const issuer = new X509Certificate(authority.cert).subject.replace(/^CN=/, "");
  const names = dns.map((one) => choice(2, one));
  const extensions = [
    sequence(oid("551d0f"), yes, octets(bits(Buffer.from([0x80]), 7))), // keyUsage: signs handshakes
    sequence(oid("551d25"), octets(sequence(dns.length > 0 ? SERVER : CLIENT))), // extKeyUsage
    ...(names.length > 0 ? [sequence(oid("551d11"), octets(sequence(...names)))] : []),
  ];
  const body = toBeSigned(
    { issuer: nameOf(issuer), subject: nameOf(name), extensions },
    pair.publicKey.export({ type: "spki", format: "der" }),
    [now.getTime() - DAY_MS, now.getTime() + LEAF_DAYS * DAY_MS],
  );
  const key = pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  return { key, cert: signed(body, authority.key) };
}

/** Whether the certificate is this authority's, is for that subject, belongs to its key and has a year left. */
export function isCurrent(
  { key, cert }: KeyPair,
  authority: KeyPair,
  { name, dns = [] }: Subject,
  now: Date,
): boolean {
  try {
    const own = new X509Certificate(cert);
    return (
      own.verify(new X509Certificate(authority.cert).publicKey) &&
      own.checkPrivateKey(createPrivateKey(key)) &&
      own.subject === `CN=${name}` &&
      (own.subjectAltName ?? "") === dns.map((one) => `DNS:${one}`).join(", ") &&
      own.validToDate.getTime() - now.getTime() > RENEW_DAYS * DAY_MS
    );
  } catch {
    return false; // No certificate at all, or half of one.
  }
}

interface Content {
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly extensions: readonly Buffer[];
}

// RFC 5280, section 4.1.
function toBeSigned(
  { issuer, subject, extensions }: Content,
  publicKey: Buffer,
  [from, to]: readonly [number, number],
): Buffer {
  return sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ECDSA_SHA256,
    issuer,
    sequence(time(from), time(to)),
    subject,
    publicKey,
    tagged(3, sequence(...extensions)),
  );
}

function signed(body: Buffer, key: string): string {
  const signature = bits(sign("sha256", body, key));
  const text = sequence(body, ECDSA_SHA256, signature).toString("base64");
  const lines = text.match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

function nameOf(name: string): Buffer {
  return sequence(set(sequence(oid("550403"), utf8(name))));
}
