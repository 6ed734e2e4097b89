import { ECDH } from "node:crypto";
import { p2wpkh } from "@scure/btc-signer";
import { publicKeyToAddress } from "viem/utils";
import type { BitcoinNetwork } from "../adapters/bitcoin-networks.ts";

const curve = "secp256k1";

/** A public key of 33 bytes, or of 65 with both coordinates, as the latter. */
export function uncompressed(publicKey: Uint8Array): Buffer {
  return Buffer.from(ECDH.convertKey(publicKey, curve, undefined, undefined, "uncompressed"));
}

/** As 33 bytes. */
export function compressed(publicKey: Uint8Array): Buffer {
  return Buffer.from(ECDH.convertKey(publicKey, curve, undefined, undefined, "compressed"));
}

/** The Ethereum address of a key, lower case. */
export function evmAddressOf(publicKey: Uint8Array): string {
  return publicKeyToAddress(`0x${uncompressed(publicKey).toString("hex")}`).toLowerCase();
}

/** The pay-to-witness-public-key-hash address of a key (BIP-84). */
export function witnessAddressOf(publicKey: Uint8Array, network: BitcoinNetwork): string {
  const { address } = p2wpkh(compressed(publicKey), network.address);
  if (address === undefined) throw new Error("a key without an address");
  return address;
}
