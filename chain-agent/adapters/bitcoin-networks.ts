/** What differs between networks that descend from Bitcoin. */
export interface BitcoinNetwork {
  /** CAIP-2: bip122 and the first 32 hex digits of the genesis block's hash. */
  readonly chainId: string;
  /** SLIP-44 number of the coin; 1 on every test network. */
  readonly coin: number;
  /** Prefixes of its addresses. */
  readonly address: {
    readonly bech32: string;
    readonly pubKeyHash: number;
    readonly scriptHash: number;
    readonly wif: number;
  };
}

/** chainparams.cpp of Bitcoin Core 27 and Litecoin Core 0.21; https://chainagnostic.org/CAIPs/caip-2 */
export const bitcoinNetworks: readonly BitcoinNetwork[] = [
  {
    chainId: "bip122:000000000019d6689c085ae165831e93",
    coin: 0,
    address: { bech32: "bc", pubKeyHash: 0x00, scriptHash: 0x05, wif: 0x80 },
  },
  {
    chainId: "bip122:000000000933ea01ad0ee984209779ba",
    coin: 1,
    address: { bech32: "tb", pubKeyHash: 0x6f, scriptHash: 0xc4, wif: 0xef },
  },
  {
    chainId: "bip122:0f9188f13cb7b2c71f2a335e3a4fc328",
    coin: 1,
    address: { bech32: "bcrt", pubKeyHash: 0x6f, scriptHash: 0xc4, wif: 0xef },
  },
  {
    chainId: "bip122:12a765e31ffd4059bada1e25190f6e98",
    coin: 2,
    address: { bech32: "ltc", pubKeyHash: 0x30, scriptHash: 0x32, wif: 0xb0 },
  },
  {
    chainId: "bip122:4966625a4b2851d9fdee139e56211a0d",
    coin: 1,
    address: { bech32: "tltc", pubKeyHash: 0x6f, scriptHash: 0x3a, wif: 0xef },
  },
  {
    chainId: "bip122:530827f38f93b43ed12af0b3ad25a288",
    coin: 1,
    address: { bech32: "rltc", pubKeyHash: 0x6f, scriptHash: 0x3a, wif: 0xef },
  },
];

/** The network of a CAIP-2 id, or undefined where we do not know it. */
export function bitcoinNetwork(chainId: string): BitcoinNetwork | undefined {
  return bitcoinNetworks.find((network) => network.chainId === chainId);
}
