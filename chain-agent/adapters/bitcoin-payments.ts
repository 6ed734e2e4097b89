import { NodeError, type Payment } from "./adapter.ts";
import { addressOfScript } from "./bitcoin-address.ts";
import { hash, satoshis, whole } from "./bitcoin-json.ts";
import type { BitcoinNetwork } from "./bitcoin-networks.ts";
import { type Fields, fields, list } from "./node-json.ts";

/**
 * Every output of a block (getblock with verbosity 2) that pays to an address. What a miner pays himself is left out: it can
 * be spent only a hundred blocks later.
 */
export function paymentsOf(block: Fields, network: BitcoinNetwork, asset: string): Payment[] {
  const transactions = list(block["tx"], "a block's transactions");
  return transactions.flatMap((value) => {
    const transaction = fields(value, "a transaction");
    const transactionHash = hash(transaction["txid"], "a transaction's id");
    const inputs = list(transaction["vin"], "the inputs");
    if (inputs.some((input) => fields(input, "an input")["coinbase"] !== undefined)) return [];
    return list(transaction["vout"], "the outputs").flatMap((entry) => {
      const output = fields(entry, "an output");
      const script = fields(output["scriptPubKey"], "a script")["hex"];
      if (typeof script !== "string") throw new NodeError("a script without its bytes");
      const address = addressOfScript(Buffer.from(script, "hex"), network);
      const amount = satoshis(output["value"], "an output's value");
      if (address === undefined || amount === 0n) return [];
      const place = String(whole(output["n"], "an output's place"));
      return [{ transactionHash, output: place, address, asset, amount }];
    });
  });
}
