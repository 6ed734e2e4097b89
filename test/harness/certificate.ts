import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
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
} from "../../operator/platform/der.ts";

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
    sequence(oid("551d13"), octets(sequence(yes))), // a CA
    sequence(oid("551d11"), octets(sequence(...names.map((name) => choice(2, name))))),
  );
  const body = sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ...[algorithm, subject, valid, subject],
    publicKey.export({
      type: "spki",
      format: "der",
    }),
    tagged(3, extensions),
  );
  const signature = bits(sign("sha256", body, privateKey));
  const certificate = sequence(body, algorithm, signature).toString("base64");
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.replaceAll(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n`,
  };
}
