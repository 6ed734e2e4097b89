import { isAddress } from "viem/utils";
import type { Adapter } from "./adapter.ts";
import { EvmNode } from "./evm-node.ts";

/** SLIP-44 number of ether, as CAIP-20 names the native coin. */
const etherAsset = "slip44:60";
const etherDigits = 18;

/** Lower case; a mixed-case address must have the right checksum (EIP-55). */
function addressOf(text: string): string | undefined {
  const plain = /^0x[0-9a-f]{40}$/.test(text) || /^0x[0-9A-F]{40}$/.test(text);
  return plain || isAddress(text) ? text.toLowerCase() : undefined;
}

/** Chains that speak Ethereum's JSON-RPC: coins and ERC-20 tokens. */
export function evmAdapter(chainId: string): Adapter {
  const nativeAsset = `${chainId}/${etherAsset}`;
  return {
    protocol: "ethereum",
    nativeAsset,
    nativeDigits: etherDigits,
    address: addressOf,
    asset(text) {
      if (text === "" || text === nativeAsset) return nativeAsset;
      const [chain, token = ""] = text.split("/");
      const contract = token.startsWith("erc20:") ? addressOf(token.slice(6)) : undefined;
      return chain === chainId && contract !== undefined
        ? `${chainId}/erc20:${contract}`
        : undefined;
    },
    connect: (url) => new EvmNode(url, { chainId, nativeAsset }),
  };
}
