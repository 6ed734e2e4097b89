import type { StreamDepositsResponse } from "../../chain-agent/generated/pitboss/chain/v1/deposit.ts";
import type { StreamWithdrawalsResponse } from "../../chain-agent/generated/pitboss/chain/v1/withdrawal.ts";
import type { Agent } from "../../runtime/agents.ts";
import type { Logger } from "../../runtime/log.ts";
import { depositItem, withdrawalItem } from "./items.ts";
import type { CashierLedger } from "./ledger.ts";
import { type ReaderOptions, type Reading, readStream } from "./reader.ts";
import { submitAll } from "./submit.ts";

export interface DeskOptions {
  readonly chain: string;
  readonly ledger: CashierLedger;
  readonly agent: () => Promise<Agent>;
  /** Names this lobby. */
  readonly holder: string;
  readonly log: Logger;
  readonly onTaken: ReaderOptions["onTaken"];
}

/** The cashier's work on one chain: deposits in, withdrawals out. */
export class Desk {
  readonly #ending = new AbortController();
  readonly #running: Promise<unknown>;

  constructor(options: DeskOptions) {
    const shared = { ...options, ending: this.#ending.signal };
    this.#running = Promise.all([
      readStream(depositsOf(options), shared),
      readStream(withdrawalsOf(options), shared),
      submitAll(shared),
    ]);
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#running;
  }
}

function depositsOf({ chain, ledger }: DeskOptions): Reading<StreamDepositsResponse> {
  return {
    stream: "deposits",
    open: (agent, cursor, signal) =>
      agent.deposits.streamDeposits({ chainId: "", cursor }, { signal }),
    take({ cursor, event }, from) {
      if (event?.$case === "heartbeat") {
        return ledger.takeDeposits(chain, from, [], cursor, event.value.scannedTo?.height ?? null);
      }
      const item = event?.$case === "deposit" ? depositItem(event.value) : undefined;
      return ledger.takeDeposits(chain, from, item === undefined ? [] : [item], cursor, null);
    },
  };
}

function withdrawalsOf({ chain, ledger }: DeskOptions): Reading<StreamWithdrawalsResponse> {
  return {
    stream: "withdrawals",
    open: (agent, cursor, signal) =>
      agent.withdrawals.streamWithdrawals({ chainId: "", cursor }, { signal }),
    take({ cursor, event }, from) {
      const item = event?.$case === "withdrawal" ? withdrawalItem(event.value) : undefined;
      return ledger.takeWithdrawals(chain, from, item === undefined ? [] : [item], cursor);
    },
  };
}
