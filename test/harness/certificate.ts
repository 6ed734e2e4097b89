import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

export interface TestCertificate {
  readonly key: string;
  readonly cert: string;
}

/** A certificate that signed itself, for these DNS names: its own CA, good for a day. */
export function testCertificate(...names: readonly string[]): TestCertificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const subject = sequence(set(sequence(oid("550403"), utf8("pitboss test"))));
  const algorithm = sequence(oid("2a8648ce3d040302")); // ecdsa-with-SHA256
  const day = 24 * 3600 * 1000;
  const valid = sequence(time(Date.now() - day), time(Date.now() + day));
  const extensions = sequence(
    sequence(oid("551d13"), octets(sequence(tlv(0x01, Buffer.from([0xff]))))), // a CA
    sequence(oid("551d11"), octets(sequence(...names.map((name) => tlv(0x82, Buffer.from(name)))))),
  );
  const body = sequence(
    tlv(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ...[algorithm, subject, valid, subject],
    publicKey.export({
      type: "spki",
      format: "der",
    }),
    tlv(0xa3, extensions),
  );
  const signature = tlv(0x03, Buffer.concat([Buffer.from([0]), sign("sha256", body, privateKey)]));
  const certificate = sequence(body, algorithm, signature).toString("base64");
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.replaceAll(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n`,
  };
}

function tlv(tag: number, value: Buffer): Buffer {
  const size = value.length;
  const length =
    size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), value]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => tlv(0x30, Buffer.concat(parts));
const set = (part: Buffer): Buffer => tlv(0x31, part);
const integer = (value: Buffer): Buffer => tlv(0x02, value);
const octets = (value: Buffer): Buffer => tlv(0x04, value);
const oid = (hex: string): Buffer => tlv(0x06, Buffer.from(hex, "hex"));
const utf8 = (text: string): Buffer => tlv(0x0c, Buffer.from(text));

function time(at: number): Buffer {
  const text = new Date(at).toISOString().replaceAll(/[-:T]|\.\d+/g, "");
  return tlv(0x18, Buffer.from(text));
}
