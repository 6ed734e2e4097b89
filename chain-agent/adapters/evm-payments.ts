import type { Payment } from "./adapter.ts";
import { data, hashOf, quantity } from "./evm-json.ts";
import { fields, list } from "./node-json.ts";

/** keccak256("Transfer(address,address,uint256)"), the ERC-20 event. https://eips.ethereum.org/EIPS/eip-20 */
const transferTopic = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
const statusSuccess = 1n;

interface Context {
  readonly chainId: string;
  readonly nativeAsset: string;
  readonly blockHash: string;
}

/**
 * What a block pays: the value of each transaction that succeeded, and each ERC-20 Transfer. Plain coins that a contract
 * sends leave no trace in receipts and are not seen. Undefined where the receipts are of another block.
 *
 * A payment's output is its place within its transaction, which stays the same in whatever block that is mined; the log's
 * own index counts through the block and would not.
 */
export function paymentsOf(
  transactions: readonly unknown[],
  receipts: readonly unknown[],
  context: Context,
): Payment[] | undefined {
  if (receipts.length !== transactions.length) return undefined;
  const payments: Payment[] = [];
  for (const [index, value] of transactions.entries()) {
    const receipt = fields(receipts[index], "a receipt");
    const transaction = fields(value, "a transaction");
    const transactionHash = hashOf(transaction["hash"], "a transaction's hash");
    if (hashOf(receipt["blockHash"], "a receipt's block") !== context.blockHash) return undefined;
    if (hashOf(receipt["transactionHash"], "a receipt's hash") !== transactionHash)
      return undefined;
    if (quantity(receipt["status"], "a receipt's status") !== statusSuccess) continue;
    const amount = quantity(transaction["value"], "a transaction's value");
    if (amount > 0n && typeof transaction["to"] === "string") {
      const address = data(transaction["to"], 20, "a transaction's receiver");
      payments.push({
        transactionHash,
        output: "value",
        address,
        asset: context.nativeAsset,
        amount,
      });
    }
    payments.push(...transfers(list(receipt["logs"], "logs"), transactionHash, context.chainId));
  }
  return payments;
}

function transfers(logs: readonly unknown[], transactionHash: string, chainId: string): Payment[] {
  return logs.flatMap((value, index) => {
    const log = fields(value, "a log");
    const topics = list(log["topics"], "a log's topics");
    const amount = log["data"];
    // ERC-721 has the same event with a fourth topic and no data.
    if (topics[0] !== transferTopic || topics.length !== 3 || !isWord(amount)) return [];
    const contract = data(log["address"], 20, "a log's contract");
    return [
      {
        transactionHash,
        output: `log${index}`,
        address: `0x${hashOf(topics[2], "a transfer's receiver").slice(26)}`,
        asset: `${chainId}/erc20:${contract}`,
        amount: BigInt(amount),
      },
    ];
  });
}

function isWord(value: unknown): value is string {
  return typeof value === "string" && value.length === 66 && value.startsWith("0x");
}
