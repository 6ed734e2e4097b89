import { Address, OutScript } from "@scure/btc-signer";
import type { BitcoinNetwork } from "./bitcoin-networks.ts";

/** The address that pays to a script, as its network writes it; undefined where the script has none. */
export function addressOfScript(script: Uint8Array, network: BitcoinNetwork): string | undefined {
  try {
    return Address(network.address).encode(OutScript.decode(script));
  } catch {
    // Data outputs, bare multi-signatures and scripts of the future have no address.
    return undefined;
  }
}

/** The address as we write it; undefined where it is none of this network. */
export function addressOf(text: string, network: BitcoinNetwork): string | undefined {
  try {
    const coder = Address(network.address);
    return coder.encode(coder.decode(text));
  } catch {
    return undefined;
  }
}
