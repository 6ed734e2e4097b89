import type { Agents } from "../../runtime/agents.ts";
import type { Refusal } from "../../runtime/errors.ts";
import type { Logger } from "../../runtime/log.ts";
import type { Asset, CashierLedger } from "./ledger.ts";

const retryAfterSeconds = 5;
const deadlineMs = 5_000;

/** Which asset is meant by a currency and, where several Chains have it, a Chain. */
export async function assetFor(
  ledger: CashierLedger,
  { currency, chain }: { currency: string; chain?: string },
): Promise<Asset | Refusal> {
  const assets = await ledger.assets(currency, chain ?? null);
  const [asset] = assets;
  if (asset === undefined) {
    const detail = `${currency} can not be paid in and out${chain === undefined ? "" : " there"}`;
    const pointer = chain === undefined ? "/currency" : "/chain";
    return { refused: "invalid_request", pointer, detail };
  }
  if (assets.length === 1) return asset;
  const names = assets.map((one) => one.chain).join(", ");
  return { refused: "invalid_request", pointer: "/chain", detail: `say which chain: ${names}` };
}

/** The player's address for an asset: made by the agents at the first call, the same for ever. */
export async function addressFor(
  player: string,
  asset: Asset,
  { ledger, agents, log }: { ledger: CashierLedger; agents: Agents; log: Logger },
): Promise<string | Refusal> {
  const row = await ledger.address(player, asset);
  if (row.address !== null) return row.address;
  try {
    const agent = await agents.of(asset.chain);
    const requests = [{ reference: row.id, address: "", birthHeight: undefined }];
    const answer = await agent.deposits.batchWatchAddresses(
      { chainId: "", requests },
      { deadlineMs },
    );
    const [made] = answer.addresses;
    if (made === undefined) throw new Error("the agents made no address");
    return ledger.keepAddress(row.id, made.address);
  } catch (error) {
    if (!(error instanceof Error && error.name === "AgentError")) throw error;
    log.warn({ err: error, chain: asset.chain }, "no address could be made");
    const detail = "the chain cannot be reached";
    return { refused: "unavailable", retryAfter: retryAfterSeconds, detail };
  }
}
