import { privateKeyToAccount } from "viem/accounts";
import { keccak256 } from "viem/utils";
import type { Anvil } from "../harness/anvil.ts";

/** A deposit as its payer made it. */
export interface Paid {
  readonly player: string;
  readonly address: string;
  readonly amount: bigint;
  readonly hash: string;
  readonly raw: `0x${string}`;
  readonly nonce: number;
}

const fees = { maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 10n ** 9n };
const chainId = 31337;

/**
 * Somebody who pays from one key. A real node puts what a reorg took out back into its pool; anvil forgets it, so the payer
 * offers what is missing again, the same bytes.
 */
export class Payer {
  readonly #anvil: Anvil;
  readonly #account;
  #nonce = 0;
  readonly paid: Paid[] = [];

  constructor(anvil: Anvil, key: `0x${string}`) {
    this.#anvil = anvil;
    this.#account = privateKeyToAccount(key);
  }

  async pay(player: string, address: string, amount: bigint): Promise<void> {
    const nonce = this.#nonce++;
    const raw = await this.#account.signTransaction({
      ...{ type: "eip1559", chainId, nonce, gas: 21_000n, value: amount, ...fees },
      to: address as `0x${string}`,
    });
    this.paid.push({ player, address, amount, nonce, raw, hash: keccak256(raw) });
    await this.#offer(raw);
  }

  /** Offers what the chain does not have (any more). */
  async offerAgain(): Promise<void> {
    const { address } = this.#account;
    const next = Number(await this.#anvil.rpc("eth_getTransactionCount", address, "latest"));
    const missing = this.paid.filter(({ nonce }) => nonce >= next).slice(0, 200);
    for (const { raw } of missing) await this.#offer(raw);
  }

  async #offer(raw: string): Promise<void> {
    try {
      await this.#anvil.rpc("eth_sendRawTransaction", raw);
    } catch (error) {
      // The pool or the chain has it.
      const known = error instanceof Error && /already|nonce too low/i.test(error.message);
      if (!known) throw error;
    }
  }
}
