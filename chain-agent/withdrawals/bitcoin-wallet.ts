import { p2wpkh, Transaction } from "@scure/btc-signer";
import type { ChainNode } from "../adapters/adapter.ts";
import { type BitcoinNetwork, bitcoinNetwork } from "../adapters/bitcoin-networks.ts";
import type { DepositStore } from "../deposits/store.ts";
import type { CanonicalChain } from "../follow/canonical-chain.ts";
import { compressed, witnessAddressOf } from "../signer/public-key.ts";
import { der, lowSignature, type Signer } from "../signer/signer.ts";
import { firstRates, type Rates, replacingRates } from "./fees.ts";
import { firstAnswer } from "./first-answer.ts";
import type { WithdrawalStore } from "./store.ts";
import type { Order, Payout, Signed, SignOptions, Unsigned, Wallet } from "./wallet.ts";

export interface BitcoinWalletOptions {
  readonly chain: CanonicalChain;
  readonly signer: Signer;
  /** CAIP-2. */
  readonly chainId: string;
  /** Most satoshis a virtual kilobyte. */
  readonly rateMax: bigint;
  readonly deposits: Pick<DepositStore, "coins">;
  readonly withdrawals: Pick<WithdrawalStore, "reserveInputs">;
}

const blocksWanted = 3;
/** Virtual bytes of a transaction without inputs and outputs, of a witness key hash input, of the largest usual outputs. */
const sizes = { frame: 11n, input: 68n, payment: 43n, change: 31n };
/** No node relays an output below its dust limit: Litecoin's is the highest, 2,940 satoshis. */
const dust = 5_460n;
/** A replacement must also pay a satoshi a virtual byte more (BIP-125, rule 4). */
const incrementalRate = 1_000n;
/** Coins are chosen so that the fee may grow so many times. */
const room = 4n;
/** BIP-125: a transaction with this sequence says that it may be replaced. */
const replaceable = 0xfffffffd;
const sigHashAll = 1;

/**
 * The wallet of a witness key hash address. Its "nonce" is the set of inputs: every transaction of a withdrawal spends the
 * same coins, so that at most one is mined. It spends coins that are final, its change too.
 */
export async function bitcoinWallet(options: BitcoinWalletOptions): Promise<Wallet> {
  const network = bitcoinNetwork(options.chainId);
  if (network === undefined) throw new Error(`${options.chainId} is no network that is known`);
  const key = compressed(await options.signer.publicKey());
  return new BitcoinWallet(options, network, key);
}

class BitcoinWallet implements Wallet {
  readonly from: string;
  readonly numbered = false;
  readonly #o: BitcoinWalletOptions;
  readonly #network: BitcoinNetwork;
  readonly #key: Buffer;

  constructor(options: BitcoinWalletOptions, network: BitcoinNetwork, key: Buffer) {
    this.#o = options;
    this.#network = network;
    this.#key = key;
    this.from = witnessAddressOf(key, network);
  }

  async firstNonce(): Promise<bigint> {
    throw new Error("this chain has no nonces");
  }

  async refusal({ amount }: Payout): Promise<string | undefined> {
    return amount < dust ? `nodes relay no payment below ${dust} satoshis` : undefined;
  }

  async prepare({ withdrawalId, amount }: Order): Promise<string | undefined> {
    const { rate } = firstRates(await this.#market(), this.#o.rateMax);
    const coins = await this.#o.deposits.coins(this.from);
    const chosen = choose(coins, amount, rate * room) ?? choose(coins, amount, rate);
    if (chosen === undefined) return `the hot wallet ${this.from} lacks final coins`;
    const names = chosen.map(({ coin }) => coin);
    const reserved = await this.#o.withdrawals.reserveInputs(withdrawalId, names);
    return reserved ? undefined : "its coins were taken meanwhile";
  }

  /** A node cannot tell for a block; what is not in its set of unspent outputs is spent at its head. */
  async spent(orders: readonly Order[]): Promise<ReadonlySet<string>> {
    const spent = new Set<string>();
    for (const { withdrawalId, inputs } of orders) {
      const [first] = inputs;
      if (first === undefined) continue;
      const [transaction, place] = first.coin.split(":");
      const params = [transaction, Number(place), false];
      const output = await this.#ask((node) => node.request("gettxout", params));
      if (output === null) spent.add(withdrawalId);
    }
    return spent;
  }

  async sign(order: Order, { cancels, old, wanted }: SignOptions): Promise<Signed | Unsigned> {
    const market = await this.#market();
    const rates = this.#rates(market, old, wanted);
    if (rates === undefined)
      return { kind: "wait", message: "a higher fee would be over the limit" };
    const held = order.inputs.reduce((sum, { amount }) => sum + amount, 0n);
    // A cancelling transaction is smaller, but must pay as much as the payment that it replaces.
    const fee = feeOf(order.inputs.length, rates.rate);
    const change = held - fee - (cancels ? 0n : order.amount);
    if (change < 0n || (cancels && change < dust)) {
      return { kind: "wait", message: "its coins do not cover a higher fee" };
    }
    const payment = cancels ? [] : [{ to: order.to, amount: order.amount }];
    const rest = change < dust ? [] : [{ to: this.from, amount: change }];
    const { hash, raw } = await this.#transaction(order, [...payment, ...rest]);
    return { hash, raw, rates };
  }

  #rates(market: Rates, old: Rates | undefined, wanted: bigint): Rates | undefined {
    const { rateMax } = this.#o;
    if (old === undefined) return firstRates(market, rateMax, wanted);
    const least = old.rate + incrementalRate;
    if (least > rateMax) return undefined;
    return replacingRates(old, market, rateMax, wanted > least ? wanted : least);
  }

  async #transaction(order: Order, outputs: readonly { to: string; amount: bigint }[]) {
    const { script } = p2wpkh(this.#key, this.#network.address);
    const transaction = new Transaction({ version: 2 });
    for (const { coin, amount } of order.inputs) {
      const [txid = "", place] = coin.split(":");
      const witnessUtxo = { script, amount };
      const sequence = replaceable;
      transaction.addInput({ txid, index: Number(place), witnessUtxo, sequence });
    }
    for (const { to, amount } of outputs) {
      transaction.addOutputAddress(to, amount, this.#network.address);
    }
    for (const [index, { amount }] of order.inputs.entries()) {
      const scriptCode = p2pkhScriptOf(script);
      const digest = transaction.preimageWitnessV0(index, scriptCode, sigHashAll, amount);
      const signature = der(await lowSignature(this.#o.signer, digest));
      const withType = Buffer.concat([signature, Buffer.of(sigHashAll)]);
      transaction.updateInput(index, { partialSig: [[this.#key, withType]] }, true);
    }
    transaction.finalize();
    return { hash: transaction.id, raw: transaction.hex };
  }

  #market(): Promise<Rates> {
    return this.#ask((node) => node.fee("", blocksWanted));
  }

  /** The first agreeing node that answers at all. */
  #ask<T>(question: (node: ChainNode) => Promise<T>): Promise<T> {
    return firstAnswer(this.#o.chain.nodes(), question);
  }
}

/** What signatures of a witness key hash input commit to (BIP-143): the script of the same key's plain hash. */
function p2pkhScriptOf(witness: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(0x76, 0xa9, 0x14), witness.subarray(2), Buffer.of(0x88, 0xac)]);
}

/** The fee of a payment with change. */
function feeOf(inputs: number, rate: bigint): bigint {
  const size = sizes.frame + sizes.input * BigInt(inputs) + sizes.payment + sizes.change;
  return (size * rate + 999n) / 1_000n;
}

type Coin = { readonly coin: string; readonly amount: bigint };

/** The largest coins that cover an amount with its fee; undefined where all of them do not. */
function choose(coins: readonly Coin[], amount: bigint, rate: bigint): Coin[] | undefined {
  const chosen: Coin[] = [];
  let sum = 0n;
  for (const coin of coins) {
    chosen.push(coin);
    sum += coin.amount;
    if (sum >= amount + feeOf(chosen.length, rate) + dust) return chosen;
  }
  return undefined;
}
