/**
 * What a kind of chain must offer. Everything above it (following, streams, entropy, deposits, withdrawals) is the same
 * for all of them. Amounts are bigint in the smallest unit; hashes are in the chain's own notation, lower case.
 */

/** A block is its height and its hash, never its height alone. */
export interface BlockRef {
  readonly height: bigint;
  readonly hash: string;
}

/** A block's header. */
export interface Header extends BlockRef {
  readonly parentHash: string;
  readonly time: Date;
  readonly transactionCount: number;
}

/** What a node says of itself at one moment. */
export interface Tip {
  readonly head: Header;
  /** By the node's own finality, where the chain has one; otherwise the depth in `Following` decides. */
  readonly finalized?: BlockRef;
  readonly syncing: boolean;
  /** Where the node tells them. */
  readonly peers?: number;
}

/** Money that a block moves to an address. */
export interface Payment {
  readonly transactionHash: string;
  /** Place among the payments of its transaction; together with the hash it never changes. */
  readonly output: string;
  readonly address: string;
  /** CAIP-19. */
  readonly asset: string;
  readonly amount: bigint;
}

/** What a transfer costs. */
export interface Fee {
  /** A plain transfer, smallest unit of the native coin. */
  readonly fee: bigint;
  /** A unit of size: wei a gas, satoshi a virtual kilobyte. */
  readonly rate: bigint;
  /** The tip within the rate. */
  readonly tip: bigint;
}

/** What a node said to a signed transaction. `known` is a success too; only `accepted` and `known` are. */
export type SubmitOutcome =
  | "accepted"
  | "known"
  | "nonce_too_low"
  | "underpriced"
  | "insufficient_funds"
  | "invalid"
  | "unknown";

export interface SubmitResult {
  readonly outcome: SubmitOutcome;
  /** The node's words. */
  readonly message: string;
}

/** Where a transaction is mined. */
export interface Inclusion {
  readonly block: BlockRef;
  /** False where the chain took the fee and refused the payment. */
  readonly succeeded: boolean;
  readonly fee: bigint;
}

/** A node does not answer, or answers with what is no answer. Transient unless it goes on. */
export class NodeError extends Error {
  override readonly name = "NodeError" as const;
}

/** The node answered with an error of JSON-RPC: it is there, and refuses. */
export class RpcError extends Error {
  override readonly name = "RpcError" as const;
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** There is no such asset on the chain: what stands there tells no balances. */
export class UnknownAsset extends Error {
  override readonly name = "UnknownAsset" as const;
}

/** One node. A call throws NodeError where the node cannot answer; what the node does not have is undefined. */
export interface ChainNode {
  /** Host and port: never a password of its URL. */
  readonly name: string;
  /** CAIP-2 id and hash of block 0. */
  identity(): Promise<{ readonly chainId: string; readonly genesis: string }>;
  tip(): Promise<Tip>;
  header(hash: string): Promise<Header | undefined>;
  headerAt(height: bigint): Promise<Header | undefined>;
  /** All that a block pays, read by its hash; undefined where the node does not have the block (any more). */
  payments(block: BlockRef): Promise<readonly Payment[] | undefined>;
  /** As of this very block; undefined where the node does not have it. Throws UnknownAsset. */
  balance(address: string, asset: string, block: BlockRef): Promise<bigint | undefined>;
  fee(asset: string, targetBlocks: number): Promise<Fee>;
  submit(raw: string): Promise<SubmitResult>;
  /** In the node's canonical chain. */
  inclusion(transactionHash: string): Promise<Inclusion | undefined>;
  /**
   * JSON-RPC, for what only the wallet of this kind of chain asks (withdrawals/). Throws NodeError where the node does not
   * answer, and RpcError where it answers that it cannot.
   */
  request(method: string, params: readonly unknown[]): Promise<unknown>;
  /** Calls back when the node may have a new block: only a wake-up, polling is the truth. Returns what stops it. */
  wake?(onBlock: () => void): () => void;
  close(): void;
}

/** A kind of chain. */
export interface Adapter {
  readonly protocol: "ethereum" | "bitcoin";
  /** CAIP-19 of the native coin, and its digits. */
  readonly nativeAsset: string;
  readonly nativeDigits: number;
  /** The address as we write it, or undefined where it is none of this network. */
  address(text: string): string | undefined;
  /** The asset as we write it, or undefined where this chain has no such thing. Empty is the native coin. */
  asset(text: string): string | undefined;
  connect(url: string): ChainNode;
}
