import {
  type BlockRef,
  type ChainNode,
  type Fee,
  type Header,
  type Inclusion,
  type Payment,
  RpcError,
  type SubmitResult,
  type Tip,
} from "./adapter.ts";
import { hash, header, satoshis, whole } from "./bitcoin-json.ts";
import type { BitcoinNetwork } from "./bitcoin-networks.ts";
import { paymentsOf } from "./bitcoin-payments.ts";
import { submitRaw } from "./bitcoin-submit.ts";
import { JsonRpc } from "./json-rpc.ts";
import { type Fields, fields, list } from "./node-json.ts";

const timeoutMs = 20_000;
/** Codes of Bitcoin Core's RPC (src/rpc/protocol.h): no such thing, a parameter out of range. */
const notFound = -5;
const outOfRange = -8;
/** Size of a transfer with one input and two outputs. */
const transferSize = 141n;
/** Satoshis a virtual kilobyte that every node relays by default. */
const rateLeast = 1_000n;

/** A node that speaks Bitcoin Core's JSON-RPC. */
export class BitcoinNode implements ChainNode {
  readonly name: string;
  readonly #rpc: JsonRpc;
  readonly #network: BitcoinNetwork;
  readonly #nativeAsset: string;

  constructor(url: string, network: BitcoinNetwork, nativeAsset: string) {
    this.#rpc = new JsonRpc(url, timeoutMs);
    this.name = this.#rpc.name;
    this.#network = network;
    this.#nativeAsset = nativeAsset;
  }

  request(method: string, params: readonly unknown[]): Promise<unknown> {
    return this.#rpc.request(method, params);
  }

  async identity() {
    const genesis = hash(await this.request("getblockhash", [0]), "block 0");
    return { chainId: `bip122:${genesis.slice(0, 32)}`, genesis };
  }

  async tip(): Promise<Tip> {
    const [info, peers] = await Promise.all([
      this.request("getblockchaininfo", []),
      this.request("getconnectioncount", []),
    ]);
    const { bestblockhash: best, initialblockdownload: syncing } = fields(info, "the chain's info");
    const head = header(await this.request("getblockheader", [hash(best, "the best block")]));
    return { head, syncing: syncing === true, peers: whole(peers, "the peers") };
  }

  async header(of: string): Promise<Header | undefined> {
    const value = await this.#optional("getblockheader", [of]);
    return value === undefined ? undefined : header(value);
  }

  async headerAt(height: bigint): Promise<Header | undefined> {
    const of = await this.#optional("getblockhash", [Number(height)]);
    return of === undefined ? undefined : this.header(hash(of, "a block's hash"));
  }

  async payments({ hash: of }: BlockRef): Promise<readonly Payment[] | undefined> {
    const block = await this.#optional("getblock", [of, 2]);
    if (block === undefined) return undefined;
    return paymentsOf(fields(block, "a block"), this.#network, this.#nativeAsset);
  }

  /** A scan of all unspent outputs, which takes minutes on a large chain; it knows the node's head alone. */
  async balance(address: string, _asset: string, { hash: at }: BlockRef) {
    const scan = ["start", [`addr(${address})`]];
    const found = fields(await this.request("scantxoutset", scan), "a scan");
    if (found["bestblock"] !== at) return undefined;
    return satoshis(found["total_amount"], "a scan's total");
  }

  async fee(_asset: string, targetBlocks: number): Promise<Fee> {
    const [estimate, pool] = await Promise.all([
      this.request("estimatesmartfee", [Math.max(targetBlocks, 1)]),
      this.request("getmempoolinfo", []),
    ]);
    const known = fields(estimate, "an estimate")["feerate"];
    const least = satoshis(fields(pool, "the pool")["mempoolminfee"], "the pool's least fee");
    // A quiet node has no estimate.
    const rates = [rateLeast, least, known === undefined ? 0n : satoshis(known, "a fee rate")];
    const rate = rates.reduce((a, b) => (a > b ? a : b));
    return { fee: (rate * transferSize) / 1_000n, rate, tip: 0n };
  }

  submit(raw: string): Promise<SubmitResult> {
    return submitRaw((method, params) => this.request(method, params), raw);
  }

  /** Needs the node's index of transactions (-txindex=1). */
  async inclusion(transactionHash: string): Promise<Inclusion | undefined> {
    const transaction = await this.#transaction(transactionHash);
    const of = transaction?.["blockhash"];
    if (transaction === undefined || of === undefined) return undefined;
    const block = await this.header(hash(of, "a transaction's block"));
    const confirmations = whole(transaction["confirmations"] ?? 0, "confirmations");
    if (block === undefined || confirmations < 1) return undefined;
    const fee = (await this.#spent(transaction)) - sumOf(outputs(transaction));
    return { block: { height: block.height, hash: block.hash }, succeeded: true, fee };
  }

  close(): void {}

  async #spent(transaction: Fields): Promise<bigint> {
    const inputs = list(transaction["vin"], "the inputs").map((input) => fields(input, "an input"));
    const amounts = inputs.map(async (input) => {
      const before = await this.#transaction(hash(input["txid"], "an input's transaction"));
      const place = whole(input["vout"], "an input's output");
      return before === undefined ? 0n : (outputs(before)[place] ?? 0n);
    });
    return sumOf(await Promise.all(amounts));
  }

  async #transaction(of: string): Promise<Fields | undefined> {
    const value = await this.#optional("getrawtransaction", [of, true]);
    return value === undefined ? undefined : fields(value, "a transaction");
  }

  /** Undefined where the node says that there is no such thing. */
  async #optional(method: string, params: readonly unknown[]): Promise<unknown> {
    try {
      return await this.request(method, params);
    } catch (error) {
      const missing = error instanceof RpcError && [notFound, outOfRange].includes(error.code);
      if (missing) return undefined;
      throw error;
    }
  }
}

function outputs(transaction: Fields): bigint[] {
  return list(transaction["vout"], "the outputs").map((output) => {
    return satoshis(fields(output, "an output")["value"], "an output's value");
  });
}

const sumOf = (amounts: readonly bigint[]) => amounts.reduce((a, b) => a + b, 0n);
