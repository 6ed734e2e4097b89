import type { Adapter } from "./adapter.ts";
import { addressOf } from "./bitcoin-address.ts";
import { bitcoinNetwork } from "./bitcoin-networks.ts";
import { BitcoinNode } from "./bitcoin-node.ts";

const digits = 8;

/** Chains that speak Bitcoin Core's JSON-RPC: bitcoind, litecoind. Their nodes need -txindex=1. */
export function bitcoinAdapter(chainId: string): Adapter {
  const network = bitcoinNetwork(chainId);
  if (network === undefined) throw new Error(`${chainId} is no network that Pitboss knows`);
  const nativeAsset = `${chainId}/slip44:${network.coin}`;
  return {
    protocol: "bitcoin",
    nativeAsset,
    nativeDigits: digits,
    address: (text) => addressOf(text, network),
    asset: (text) => (text === "" || text === nativeAsset ? nativeAsset : undefined),
    connect: (url) => new BitcoinNode(url, network, nativeAsset),
  };
}
