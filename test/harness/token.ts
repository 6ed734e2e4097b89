import type { Anvil } from "./anvil.ts";

/**
 * The smallest contract that looks like an ERC-20 from outside, by hand: transfer(to, amount) emits
 * Transfer(caller, to, amount) and answers true; balanceOf answers 2^128; whatever is sent to it with value reverts.
 *
 *   callvalue, jumpi revert · calldataload(0) >> 224 == 0x70a08231 → mstore(0, 1 << 128), return
 *   mstore(0, calldataload(36)) · log3(0, 32, topic, caller, calldataload(4)) · mstore(0, 1), return
 */
const topic = "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
const parts = {
  // CALLVALUE PUSH1 revert JUMPI
  noValue: "34" + "60REVERT" + "57",
  // PUSH1 0 CALLDATALOAD PUSH1 224 SHR PUSH4 selector EQ PUSH1 balance JUMPI
  dispatch: "60003560e01c6370a0823114" + "60BALANCE" + "57",
  // MSTORE(0, CALLDATALOAD(36)); LOG3(0, 32, topic, CALLER, CALLDATALOAD(4)); MSTORE(0, 1); RETURN(0, 32)
  transfer: `602435600052600435337f${topic}60206000a3600160005260206000f3`,
  // JUMPDEST MSTORE(0, 1 << 128) RETURN(0, 32)
  balance: "5b" + "600160801b60005260206000f3",
  // JUMPDEST REVERT(0, 0)
  revert: "5b" + "60006000fd",
};

function runtimeCode(): string {
  const bytes = (hex: string) => hex.replace(/REVERT|BALANCE/g, "00").length / 2;
  const before = bytes(parts.noValue) + bytes(parts.dispatch) + bytes(parts.transfer);
  const balance = before.toString(16).padStart(2, "0");
  const revert = (before + bytes(parts.balance)).toString(16).padStart(2, "0");
  return Object.values(parts).join("").replace("REVERT", revert).replace("BALANCE", balance);
}

/** Puts the token at an address, and answers its CAIP-19 id on anvil. */
export async function placeToken(anvil: Anvil, address: string): Promise<string> {
  await anvil.rpc("anvil_setCode", address, `0x${runtimeCode()}`);
  return `eip155:31337/erc20:${address}`;
}

/** Calldata of transfer(to, amount). */
export function transferCall(to: string, amount: bigint): string {
  const words = [to.slice(2), amount.toString(16)].map((hex) => hex.padStart(64, "0"));
  return `0xa9059cbb${words.join("")}`;
}
