import type { BlockRef } from "../adapters/adapter.ts";
import type { Position } from "../follow/canonical-chain.ts";
import { invalid } from "../requests.ts";

/** Version of the form, so that it can change while old cursors are stored. */
const version = "b1";

/** A cursor carries the block and what was final behind it, so that any replica can go on from it, or undo it. */
export function cursorOf({ block, finalized }: Position): string {
  const text = [version, block.height, block.hash, finalized.height, finalized.hash].join(".");
  return Buffer.from(text).toString("base64url");
}

/** The position of a cursor; refuses what is none. */
export function positionOf(cursor: string): Position {
  const parts = Buffer.from(cursor, "base64url").toString().split(".");
  const [form, ...fields] = parts;
  const block = blockOf(fields[0], fields[1]);
  const finalized = blockOf(fields[2], fields[3]);
  if (form !== version || parts.length !== 5 || block === undefined || finalized === undefined) {
    throw badCursor();
  }
  if (finalized.height > block.height) throw badCursor();
  return { block, finalized };
}

const badCursor = () => invalid("cursor", undefined, "BAD_CURSOR");

function blockOf(height = "", hash = ""): BlockRef | undefined {
  // Before the genesis there is -1.
  if (!/^(-1|\d{1,19})$/.test(height) || !/^(0x)?[0-9a-f]{64}$/.test(hash)) return undefined;
  return { height: BigInt(height), hash };
}
