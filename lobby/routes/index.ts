import type { Route } from "../../runtime/route.ts";
import { document } from "../../runtime/routes/document.ts";
import { getWallet } from "./get-wallet.ts";
import { listDeposits } from "./list-deposits.ts";
import { listEntries } from "./list-entries.ts";
import { listGames } from "./list-games.ts";
import { listJackpots } from "./list-jackpots.ts";
import { listVoids } from "./list-voids.ts";
import { listWithdrawals } from "./list-withdrawals.ts";
import { makeDepositAddress } from "./make-deposit-address.ts";
import { makeVoid } from "./make-void.ts";
import { makeWithdrawal } from "./request-withdrawal.ts";
import { types } from "./schemas.ts";
import type { LobbyService } from "./service.ts";
import { streamJackpots } from "./stream-jackpots.ts";
import { makeTransfer } from "./transfer.ts";
import { getWinProof } from "./win-proof.ts";

const makers = [
  listGames,
  listJackpots,
  streamJackpots,
  getWinProof,
  getWallet,
  listEntries,
  makeTransfer,
  makeDepositAddress,
  listDeposits,
  makeWithdrawal,
  listWithdrawals,
  makeVoid,
  listVoids,
];

/** Every route of the lobby. */
export function lobbyRoutes(service: LobbyService): Route[] {
  const routes = makers.map((make) => make(service) as Route);
  return [...routes, document("/openapi.json", "Pitboss lobby", routes, types)];
}
