import { createHash } from "node:crypto";
import { HDKey } from "viem/accounts";
import type { BitcoinNetwork } from "../adapters/bitcoin-networks.ts";
import { evmAddressOf, witnessAddressOf } from "../signer/public-key.ts";

/** Makes deposit addresses from an account's public key alone: no private key is where they are made. */
export interface AddressMaker {
  /** Names the account key, so that no child of it is given twice. */
  readonly key: string;
  address(child: bigint): string;
}

/** BIP-32: children from here on are hardened, and cannot be made from a public key. */
const hardened = 2n ** 31n;

/**
 * Children 0, 1, 2 … of an account's external chain, given as its extended public key (`xpub…`, BIP-32): m/44'/60'/0'/0 for
 * Ethereum (BIP-44), m/84'/…/0'/0 for pay-to-witness-public-key-hash (BIP-84). `network` is absent on Ethereum.
 */
export function addressMaker(xpub: string, network?: BitcoinNetwork): AddressMaker {
  const account = HDKey.fromExtendedKey(xpub.trim());
  if (account.privateKey !== null) {
    throw new Error(
      "the extended key of the deposit addresses is a private one: mount the public one",
    );
  }
  return {
    key: createHash("sha256").update(account.publicExtendedKey).digest("hex"),
    address(child) {
      if (child >= hardened) throw new Error("the account has no more addresses");
      const { publicKey } = account.deriveChild(Number(child));
      if (publicKey === null) throw new Error("a child without a public key");
      return network === undefined ? evmAddressOf(publicKey) : witnessAddressOf(publicKey, network);
    },
  };
}
