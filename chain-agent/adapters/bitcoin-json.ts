import { type Header, NodeError } from "./adapter.ts";
import { fields } from "./node-json.ts";

/** What a Bitcoin node's JSON says; anything else is a NodeError, so that no odd answer gets further. */

export function hash(value: unknown, what: string): string {
  if (typeof value !== "string" || !/^[0-9a-f]{64}$/.test(value)) {
    throw new NodeError(`${what} is no hash`);
  }
  return value;
}

export function whole(value: unknown, what: string): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value)) {
    throw new NodeError(`${what} is no whole number`);
  }
  return value;
}

/** Above so many coins two neighbouring doubles are more than a satoshi apart. */
const coinsMax = 2 ** 26;

/**
 * Satoshis of an amount in coins. JSON has it as a number with eight decimals; the nearest double, written with eight decimals
 * again, is what was written. All bitcoins are fewer than the bound; an amount above it is refused, never rounded.
 */
export function satoshis(value: unknown, what: string): bigint {
  if (typeof value !== "number" || !(value >= 0 && value < coinsMax)) {
    throw new NodeError(`${what} is no amount`);
  }
  return BigInt(value.toFixed(8).replace(".", ""));
}

const noParent = "0".repeat(64);

export function header(value: unknown): Header {
  const block = fields(value, "a header");
  return {
    height: BigInt(whole(block["height"], "a block's height")),
    hash: hash(block["hash"], "a block's hash"),
    parentHash: hash(block["previousblockhash"] ?? noParent, "a block's parent"),
    time: new Date(whole(block["time"], "a block's time") * 1000),
    transactionCount: whole(block["nTx"], "a block's nTx"),
  };
}
