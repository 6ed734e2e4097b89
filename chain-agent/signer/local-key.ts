import { createECDH } from "node:crypto";
import { readFile } from "node:fs/promises";
import { sign } from "viem/accounts";
import type { Signer } from "./signer.ts";

/** A key in this process's memory: for tests and development chains. It leaves this closure in signatures only. */
export function localKey(hex: string): Signer {
  const match = /^(?:0x)?([0-9a-f]{64})$/i.exec(hex.trim());
  if (match?.[1] === undefined) throw new Error("the signer's key is not 32 bytes in hex");
  const key = match[1];
  const pair = createECDH("secp256k1");
  pair.setPrivateKey(key, "hex");
  const publicKey = pair.getPublicKey(null, "compressed");
  return {
    publicKey: async () => publicKey,
    async sign(digest) {
      const hash = `0x${Buffer.from(digest).toString("hex")}` as const;
      const { r, s } = await sign({ hash, privateKey: `0x${key}` });
      return Buffer.from(r.slice(2).padStart(64, "0") + s.slice(2).padStart(64, "0"), "hex");
    },
  };
}

/** Reads a key from a mounted file. What the file holds is never part of an error. */
export async function localKeyFrom(file: string): Promise<Signer> {
  return localKey(await readFile(file, "utf8"));
}
