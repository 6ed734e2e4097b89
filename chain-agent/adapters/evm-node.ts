import { numberToHex } from "viem/utils";
import {
  type BlockRef,
  type ChainNode,
  type Fee,
  type Header,
  type Inclusion,
  NodeError,
  type Payment,
  RpcError,
  type SubmitResult,
  type Tip,
  UnknownAsset,
} from "./adapter.ts";
import { blockOf, data, hashOf, header, optionalHeader, quantity } from "./evm-json.ts";
import { paymentsOf } from "./evm-payments.ts";
import { submitRaw } from "./evm-submit.ts";
import { JsonRpc } from "./json-rpc.ts";
import { fields, list } from "./node-json.ts";
import { wakeOnBlocks } from "./wake.ts";

const timeoutMs = 10_000;
const peersMs = 15_000;
/** Gas of a transfer of coins, and what a usual ERC-20 transfer stays below. */
const gasNative = 21_000n;
const gasToken = 65_000n;

/** Where a node is asked, and where it tells of blocks. */
export interface EvmAddress {
  readonly http: string;
  readonly websocket?: string;
}

/**
 * `http://host:8545`; with `|ws://host:8546` behind it a websocket wakes the agent. `ws://host:8545` alone is asked over
 * HTTP on the same port.
 */
export function evmAddress(text: string): EvmAddress {
  const [first = "", second] = text.split("|");
  if (/^wss?:/.test(first)) return { http: first.replace(/^ws/, "http"), websocket: first };
  return second === undefined ? { http: first } : { http: first, websocket: second };
}

/** A node that speaks Ethereum's JSON-RPC. */
export class EvmNode implements ChainNode {
  readonly name: string;
  readonly #rpc: JsonRpc;
  readonly #websocket: string | undefined;
  readonly #assets: { readonly chainId: string; readonly nativeAsset: string };
  readonly #stops = new Set<() => void>();
  #peers: number | undefined;
  #peersUntil = 0;

  constructor(url: string, assets: { readonly chainId: string; readonly nativeAsset: string }) {
    const { http, websocket } = evmAddress(url);
    this.#rpc = new JsonRpc(http, timeoutMs);
    this.name = this.#rpc.name;
    this.#websocket = websocket;
    this.#assets = assets;
  }

  request(method: string, params: readonly unknown[]): Promise<unknown> {
    return this.#rpc.request(method, params);
  }

  async identity() {
    const [chainId, genesis] = await Promise.all([
      this.request("eth_chainId", []),
      this.headerAt(0n),
    ]);
    if (genesis === undefined) throw new NodeError(`${this.name} has no block 0`);
    return { chainId: `eip155:${quantity(chainId, "eth_chainId")}`, genesis: genesis.hash };
  }

  async tip(): Promise<Tip> {
    const [head, finalized, syncing, peers] = await Promise.all([
      this.#byTag("latest"),
      this.#optional(() => this.#byTag("finalized")),
      this.request("eth_syncing", []),
      this.#countPeers(),
    ]);
    if (head === undefined) throw new NodeError(`${this.name} has no head`);
    return {
      head,
      // Before the first finalized block some answer with the genesis, others with an error: the same to us.
      ...(finalized === undefined ? {} : { finalized }),
      syncing: syncing !== false,
      ...(peers === undefined ? {} : { peers }),
    };
  }

  async header(hash: string): Promise<Header | undefined> {
    return optionalHeader(await this.request("eth_getBlockByHash", [hash, false]));
  }

  async headerAt(height: bigint): Promise<Header | undefined> {
    return optionalHeader(await this.request("eth_getBlockByNumber", [numberToHex(height), false]));
  }

  /** By the block's hash: asked one by one, receipts are null while a reorg goes on (parity-ethereum#7689). */
  async payments({ hash }: BlockRef): Promise<readonly Payment[] | undefined> {
    const block = await this.request("eth_getBlockByHash", [hash, true]);
    if (block === null) return undefined;
    const transactions = list(fields(block, "a block")["transactions"], "a block's transactions");
    if (transactions.length === 0) return [];
    const receipts = await this.#optional(() => this.request("eth_getBlockReceipts", [hash]));
    if (receipts === null || receipts === undefined) return undefined;
    return paymentsOf(transactions, list(receipts, "receipts"), {
      ...this.#assets,
      blockHash: hash,
    });
  }

  /** As of this very block (EIP-1898), so that a lagging or forked answer cannot pass. */
  async balance(address: string, asset: string, { hash }: BlockRef): Promise<bigint | undefined> {
    const at = { blockHash: hash };
    if (asset === this.#assets.nativeAsset) {
      const answer = await this.#optional(() => this.request("eth_getBalance", [address, at]));
      return answer === undefined ? undefined : quantity(answer, "a balance");
    }
    const call = { to: contractOf(asset), data: balanceOfCall(address) };
    const answer = await this.#optional(() => this.request("eth_call", [call, at]));
    if (answer === undefined) return undefined;
    // What is no contract answers with nothing.
    if (answer === "0x") throw new UnknownAsset(`${asset} is no token`);
    return quantity(answer, "a balance");
  }

  async fee(asset: string): Promise<Fee> {
    const [block, suggested] = await Promise.all([
      this.request("eth_getBlockByNumber", ["latest", false]),
      this.#optional(() => this.request("eth_maxPriorityFeePerGas", [])),
    ]);
    const base = quantity(fields(block, "a block")["baseFeePerGas"] ?? "0x0", "baseFeePerGas");
    const tip =
      suggested === undefined ? 1_000_000_000n : quantity(suggested, "eth_maxPriorityFeePerGas");
    // The base fee grows by an eighth a block at most: twice of it holds for six blocks.
    const rate = 2n * base + tip;
    return { fee: rate * (asset === this.#assets.nativeAsset ? gasNative : gasToken), rate, tip };
  }

  submit(raw: string): Promise<SubmitResult> {
    return submitRaw((method, params) => this.request(method, params), raw);
  }

  async inclusion(transactionHash: string): Promise<Inclusion | undefined> {
    const answer = await this.request("eth_getTransactionReceipt", [transactionHash]);
    if (answer === null) return undefined;
    const receipt = fields(answer, "a receipt");
    if (hashOf(receipt["transactionHash"], "a receipt's hash") !== transactionHash) {
      throw new NodeError(`${this.name} answers with the receipt of another transaction`);
    }
    const gas = quantity(receipt["gasUsed"], "gasUsed");
    return {
      block: blockOf(receipt),
      succeeded: quantity(receipt["status"], "a receipt's status") === 1n,
      fee: gas * quantity(receipt["effectiveGasPrice"], "effectiveGasPrice"),
    };
  }

  wake(onBlock: () => void): () => void {
    if (this.#websocket === undefined) return () => undefined;
    const stop = wakeOnBlocks(this.#websocket, onBlock);
    this.#stops.add(stop);
    return stop;
  }

  close(): void {
    for (const stop of this.#stops) stop();
  }

  async #byTag(tag: "latest" | "finalized"): Promise<Header | undefined> {
    const block = await this.request("eth_getBlockByNumber", [tag, false]);
    return block === null ? undefined : header(block);
  }

  /** Asked less often than the rest; some nodes do not tell. */
  async #countPeers(): Promise<number | undefined> {
    if (performance.now() < this.#peersUntil) return this.#peers;
    this.#peersUntil = performance.now() + peersMs;
    const peers = await this.#optional(() => this.request("net_peerCount", []));
    this.#peers = peers === undefined ? undefined : Number(quantity(peers, "net_peerCount"));
    return this.#peers;
  }

  /** Undefined where the node says that it cannot. */
  async #optional<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof RpcError) return undefined;
      throw error;
    }
  }
}

function contractOf(asset: string): string {
  return asset.slice(asset.indexOf("/erc20:") + "/erc20:".length);
}

/** balanceOf(address): selector and the address as a word. */
function balanceOfCall(address: string): string {
  return `0x70a08231${data(address, 20, "an address").slice(2).padStart(64, "0")}`;
}
