// Entropy of a chain: a block's hash that is mixed into every draw of a seed pair (docs/fairness.md).

/** Where a pair's entropy came from, and what it is: the lower-case hex hash of the block without 0x. */
export interface ChainEntropy {
  /** namespace/name of the Chain. */
  readonly chain: string;
  readonly network: string;
  readonly height: number;
  /** A development chain: whoever runs it chooses the hashes. */
  readonly insecure: boolean;
  readonly entropy: string;
}

/** The same as SQL's chain_json gives it: the height is null until one is committed, the entropy until its block is final. */
export type PairChain = Pick<ChainEntropy, "chain"> & {
  readonly [Field in Exclude<keyof ChainEntropy, "chain">]: ChainEntropy[Field] | null;
};

/** Whether a pair has to wait for its block before it can be played. */
export function waitsForChain(pair: PairChain | null): boolean {
  return pair !== null && pair.entropy === null;
}

/** What a pair that can be played is mixed with; null where that is nothing. */
export function entropyOf(pair: PairChain | null): ChainEntropy | null {
  if (pair === null) return null;
  const { chain, network, height, insecure, entropy } = pair;
  if (network === null || height === null || insecure === null || entropy === null) {
    throw new Error(`a pair is to be played before ${chain} has given its entropy`);
  }
  return { chain, network, height, insecure, entropy };
}
