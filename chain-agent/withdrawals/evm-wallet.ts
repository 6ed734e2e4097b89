import type { Hex } from "viem";
import {
  type BlockRef,
  type ChainNode,
  NodeError,
  RpcError,
  UnknownAsset,
} from "../adapters/adapter.ts";
import { quantity } from "../adapters/evm-json.ts";
import type { CanonicalChain } from "../follow/canonical-chain.ts";
import { evmAddressOf } from "../signer/public-key.ts";
import { type Signer, signEvm } from "../signer/signer.ts";
import { firstRates, replacingRates } from "./fees.ts";
import { firstAnswer } from "./first-answer.ts";
import type { Order, Payout, Signed, SignOptions, Unsigned, Wallet } from "./wallet.ts";

export interface EvmWalletOptions {
  readonly chain: CanonicalChain;
  readonly signer: Signer;
  /** CAIP-2. */
  readonly chainId: string;
  readonly nativeAsset: string;
  /** Most wei a gas. */
  readonly rateMax: bigint;
}

/** Gas that a payment may take: a contract that is paid could burn the house's money with more. */
const gasMax = 200_000n;
const gasOfCancel = 21_000n;
/** Above the estimate, since the state may change before it is mined. */
const marginPercent = 25n;
const blocksWanted = 3;
const transferSelector = "a9059cbb";
/** The node says that the sender lacks money, in the words of geth, reth, Nethermind, Besu, Erigon, anvil. */
const lacksFunds = /insufficient|exceeds allowance|upfront cost|out of gas|OutOfFund/i;

/** The wallet of an Ethereum address. */
export async function evmWallet(options: EvmWalletOptions): Promise<Wallet> {
  return new EvmWallet(options, evmAddressOf(await options.signer.publicKey()));
}

class EvmWallet implements Wallet {
  readonly from: string;
  readonly numbered = true;
  readonly #o: EvmWalletOptions;

  constructor(options: EvmWalletOptions, from: string) {
    this.#o = options;
    this.from = from;
  }

  async firstNonce(): Promise<bigint> {
    const params = [this.from, "pending"];
    const counts = await Promise.all(
      this.#nodes().map((node) => node.request("eth_getTransactionCount", params)),
    );
    return counts
      .map((count) => quantity(count, "eth_getTransactionCount"))
      .reduce((a, b) => (a > b ? a : b));
  }

  async refusal(payout: Payout): Promise<string | undefined> {
    const gas = await this.#gas(payout);
    return typeof gas === "object" && gas.kind === "refused" ? gas.message : undefined;
  }

  async prepare(): Promise<undefined> {
    return undefined;
  }

  async spent(orders: readonly Order[], { hash }: BlockRef): Promise<ReadonlySet<string>> {
    const at = { blockHash: hash };
    const answer = await this.#ask((node) =>
      node.request("eth_getTransactionCount", [this.from, at]),
    );
    const count = quantity(answer, "eth_getTransactionCount");
    const spent = orders.filter(({ nonce }) => nonce !== undefined && nonce < count);
    return new Set(spent.map(({ withdrawalId }) => withdrawalId));
  }

  async sign(order: Order, options: SignOptions): Promise<Signed | Unsigned> {
    const { asset, nonce } = order;
    if (nonce === undefined) throw new Error("an order without a nonce");
    const { old, wanted, cancels } = options;
    const market = await this.#ask((node) => node.fee(asset, blocksWanted));
    const cap = this.#o.rateMax;
    const rates =
      old === undefined
        ? firstRates(market, cap, wanted)
        : replacingRates(old, market, cap, wanted);
    if (rates === undefined) {
      return { kind: "wait", message: `a higher fee would be over the limit of ${cap} wei a gas` };
    }
    const gas = cancels ? gasOfCancel : await this.#gas(order);
    if (typeof gas === "object") return gas;
    const call = cancels ? { to: this.from, value: 0n, data: "0x" } : this.#callOf(order);
    const { raw, hash } = await signEvm(this.#o.signer, {
      type: "eip1559",
      chainId: Number(this.#o.chainId.split(":")[1]),
      nonce: Number(nonce),
      gas,
      maxFeePerGas: rates.rate,
      maxPriorityFeePerGas: rates.tip,
      ...{ to: call.to as Hex, value: call.value, data: call.data as Hex },
    });
    return { raw, hash, rates };
  }

  /** The gas of a payment, or why it cannot be made. */
  async #gas(payout: Payout): Promise<bigint | Unsigned> {
    const { to, value, data } = this.#callOf(payout);
    const call = { from: this.from, to, data, value: `0x${value.toString(16)}` };
    try {
      const answer = await this.#ask((node) => node.request("eth_estimateGas", [call]));
      const gas = (quantity(answer, "eth_estimateGas") * (100n + marginPercent)) / 100n;
      return gas <= gasMax
        ? gas
        : { kind: "refused", message: `the payment would take ${gas} gas, over ${gasMax}` };
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      const wait = lacksFunds.test(error.message) || !(await this.#covered(payout));
      return wait
        ? { kind: "wait", message: `the hot wallet ${this.from} lacks funds: ${error.message}` }
        : { kind: "refused", message: `the chain refuses the payment: ${error.message}` };
    }
  }

  async #covered({ asset, amount }: Payout): Promise<boolean> {
    const { head } = this.#o.chain;
    if (head === undefined) throw new NodeError("no head yet");
    try {
      const balance = await this.#ask((node) => node.balance(this.from, asset, head));
      return balance !== undefined && balance >= amount;
    } catch (error) {
      if (error instanceof UnknownAsset) return false;
      throw error;
    }
  }

  #callOf({ asset, amount, to }: Payout): { to: string; value: bigint; data: string } {
    if (asset === this.#o.nativeAsset) return { to, value: amount, data: "0x" };
    const contract = asset.slice(asset.indexOf("/erc20:") + "/erc20:".length);
    const words = [to.slice(2), amount.toString(16)].map((hex) => hex.padStart(64, "0"));
    return { to: contract, value: 0n, data: `0x${transferSelector}${words.join("")}` };
  }

  /** The first agreeing node that answers at all. */
  #ask<T>(question: (node: ChainNode) => Promise<T>): Promise<T> {
    return firstAnswer(this.#nodes(), question);
  }

  #nodes(): readonly ChainNode[] {
    const nodes = this.#o.chain.nodes();
    if (nodes.length === 0) throw new NodeError("no nodes agree");
    return nodes;
  }
}
