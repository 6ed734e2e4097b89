import type { BlockRef } from "../adapters/adapter.ts";
import type { Rates } from "./fees.ts";

/** What shall be paid. */
export interface Payout {
  readonly asset: string;
  readonly amount: bigint;
  readonly to: string;
}

/** A withdrawal whose transaction is to be signed. */
export interface Order extends Payout {
  readonly withdrawalId: string;
  readonly nonce: bigint | undefined;
  /** transaction:output and amount, on chains without nonces. */
  readonly inputs: readonly { readonly coin: string; readonly amount: bigint }[];
}

export interface Signed {
  readonly hash: string;
  readonly raw: string;
  readonly rates: Rates;
}

/** A payment that cannot be made now, or never; the words are for people. */
export type Unsigned =
  | { readonly kind: "wait"; readonly message: string }
  | { readonly kind: "refused"; readonly message: string };

export interface SignOptions {
  /** Pays nobody: only spends the nonce or the inputs. */
  readonly cancels: boolean;
  /** What it replaces. */
  readonly old: Rates | undefined;
  /** At least this rate; 0 for none. */
  readonly wanted: bigint;
}

/** One key on one chain: what differs between kinds of chains when money goes out. */
export interface Wallet {
  /** Its address. */
  readonly from: string;
  /** Each withdrawal has a nonce; without, it has inputs. */
  readonly numbered: boolean;
  /** The nonce of the next transaction, as the highest of all nodes says it with its pool. */
  firstNonce(): Promise<bigint>;
  /** Why a payment can never be made, as far as the chain shows now. */
  refusal(payout: Payout): Promise<string | undefined>;
  /** Gives an order what it spends, where the chain has no nonces. What it lacks, for people, where it cannot. */
  prepare(order: Order): Promise<string | undefined>;
  /** Whether orders are spent as of a block: a transaction with their nonce or inputs is in it or below. */
  spent(orders: readonly Order[], at: BlockRef): Promise<ReadonlySet<string>>;
  sign(order: Order, options: SignOptions): Promise<Signed | Unsigned>;
}

export function isSigned(result: Signed | Unsigned): result is Signed {
  return "raw" in result;
}
