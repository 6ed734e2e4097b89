import type { Hex, TransactionSerializableEIP1559 } from "viem";
import { keccak256, recoverAddress, serializeTransaction } from "viem/utils";
import { evmAddressOf } from "./public-key.ts";

/**
 * Holds one secp256k1 key and signs digests with it. The key itself may be in a key management service or an HSM: the agent
 * needs its public half and signatures, nothing else (docs/signers.md).
 */
export interface Signer {
  /** 33 or 65 bytes. */
  publicKey(): Promise<Uint8Array>;
  /** r and s of ECDSA over a 32-byte digest, 32 bytes each. */
  sign(digest: Uint8Array): Promise<Uint8Array>;
}

/** Order of secp256k1 (SEC 2). */
const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** r and s, s in the lower half: both chains take no other (EIP-2, BIP-146), and key services do not care. */
export async function lowSignature(
  signer: Signer,
  digest: Uint8Array,
): Promise<{ r: bigint; s: bigint }> {
  const signature = Buffer.from(await signer.sign(digest));
  if (signature.length !== 64) throw new Error("a signature is not 64 bytes");
  const r = BigInt(`0x${signature.toString("hex", 0, 32)}`);
  const s = BigInt(`0x${signature.toString("hex", 32)}`);
  return { r, s: s > order / 2n ? order - s : s };
}

const word = (value: bigint): Hex => `0x${value.toString(16).padStart(64, "0")}`;

/** Signs an EIP-1559 transaction: its raw bytes and its hash. */
export async function signEvm(
  signer: Signer,
  transaction: TransactionSerializableEIP1559,
): Promise<{ raw: Hex; hash: Hex }> {
  const digest = keccak256(serializeTransaction(transaction));
  const { r, s } = await lowSignature(signer, Buffer.from(digest.slice(2), "hex"));
  const signature = { r: word(r), s: word(s) };
  const from = evmAddressOf(await signer.publicKey());
  // A digest's signature does not say which of two points it is of; the right one gives our address back.
  for (const yParity of [0, 1]) {
    const address = await recoverAddress({ hash: digest, signature: { ...signature, yParity } });
    if (address.toLowerCase() !== from) continue;
    const raw = serializeTransaction(transaction, { ...signature, yParity });
    return { raw, hash: keccak256(raw) };
  }
  throw new Error("the signer's signature is not by its key");
}

/** A signature in DER, as Bitcoin's scripts take it. https://github.com/bitcoin/bips/blob/master/bip-0066.mediawiki */
export function der({ r, s }: { r: bigint; s: bigint }): Buffer {
  const integer = (value: bigint): Buffer => {
    const hex = value.toString(16);
    const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
    // A leading bit would make it negative.
    const positive = (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
    return Buffer.concat([Buffer.of(0x02, positive.length), positive]);
  };
  const body = Buffer.concat([integer(r), integer(s)]);
  return Buffer.concat([Buffer.of(0x30, body.length), body]);
}
