import { type BlockRef, type Header, NodeError } from "./adapter.ts";
import { type Fields, fields, list } from "./node-json.ts";

/** What an Ethereum node's JSON says; anything else is a NodeError, so that no odd answer gets further. */

/** A QUANTITY: 0x and hex digits. */
export function quantity(value: unknown, what: string): bigint {
  if (typeof value !== "string" || !/^0x[0-9a-f]{1,64}$/i.test(value)) {
    throw new NodeError(`${what} is no quantity`);
  }
  return BigInt(value);
}

/** DATA of so many bytes, lower case. */
export function data(value: unknown, bytes: number, what: string): string {
  if (
    typeof value !== "string" ||
    value.length !== 2 + 2 * bytes ||
    !/^0x[0-9a-f]*$/i.test(value)
  ) {
    throw new NodeError(`${what} is not ${bytes} bytes`);
  }
  return value.toLowerCase();
}

export const hashOf = (value: unknown, what: string): string => data(value, 32, what);

export function header(value: unknown): Header {
  const block = fields(value, "a block");
  return {
    height: quantity(block["number"], "a block's number"),
    hash: hashOf(block["hash"], "a block's hash"),
    parentHash: hashOf(block["parentHash"], "a block's parentHash"),
    time: new Date(Number(quantity(block["timestamp"], "a block's timestamp")) * 1000),
    transactionCount: list(block["transactions"], "a block's transactions").length,
  };
}

/** A missing block is null. */
export function optionalHeader(value: unknown): Header | undefined {
  return value === null || value === undefined ? undefined : header(value);
}

export function blockOf(value: Fields): BlockRef {
  return {
    height: quantity(value["blockNumber"], "blockNumber"),
    hash: hashOf(value["blockHash"], "blockHash"),
  };
}
