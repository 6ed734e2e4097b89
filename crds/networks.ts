/** A public chain: its CAIP-2 id and the hash of its block 0. */
export interface Network {
  readonly chainId: string;
  readonly genesis: string;
}

/** Chains that a Chain may name without giving their id, by protocol and network. */
export const networks: {
  readonly [protocol: string]: { readonly [network: string]: Network };
} = {
  ethereum: {
    mainnet: {
      chainId: "eip155:1",
      genesis: "0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3",
    },
    sepolia: {
      chainId: "eip155:11155111",
      genesis: "0x25a5cc106eea7138acab33231d7160d69cb777ee0c2c553fcddf5138993e6dd9",
    },
  },
  bitcoin: {
    mainnet: bitcoinLike("000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"),
    signet: bitcoinLike("00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6"),
    testnet3: bitcoinLike("000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943"),
    regtest: bitcoinLike("0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206"),
    litecoin: bitcoinLike("12a765e31ffd4059bada1e25190f6e98c99d9714d334efa41a195a7e7e04bfe2"),
  },
};

/** CAIP-2 of the namespace bip122: the first 32 hex digits of the genesis block's hash. */
function bitcoinLike(genesis: string): Network {
  return { chainId: `bip122:${genesis.slice(0, 32)}`, genesis };
}
