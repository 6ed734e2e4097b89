import type { Agent } from "../../runtime/agents.ts";
import type { Logger } from "../../runtime/log.ts";
import { pause } from "../../runtime/pause.ts";
import { withdrawalItem } from "./items.ts";
import type { CashierLedger, Due, Taken, WithdrawalItem } from "./ledger.ts";

export interface SubmitOptions {
  readonly chain: string;
  readonly ledger: CashierLedger;
  readonly agent: () => Promise<Agent>;
  readonly log: Logger;
  readonly onTaken: (taken: Taken) => void;
  readonly ending: AbortSignal;
}

const batch = 32;
const lookMs = 500;
const restMs = { least: 250, most: 10_000 };

/**
 * Sends what players asked for to the agents, by its id, until they acknowledge it. Every lobby does it: the same id twice
 * is one withdrawal. Nothing is given back here but on the agents' word that it can never be paid.
 */
export async function submitAll(options: SubmitOptions): Promise<void> {
  const { chain, ledger, ending, log } = options;
  let rest = restMs.least;
  while (!ending.aborted) {
    try {
      const due = await ledger.due(chain, batch);
      const failed = due.length > 0 && !(await submitBatch(due, options));
      rest = failed ? Math.min(rest * 2, restMs.most) : restMs.least;
      if (failed) await pause(rest, ending);
      else if (due.length < batch) await pause(lookMs, ending);
    } catch (error) {
      log.warn({ err: error, chain }, "withdrawals cannot be submitted now");
      await pause(rest, ending);
      rest = Math.min(rest * 2, restMs.most);
    }
  }
}

/** Whether all of them were acknowledged. */
async function submitBatch(due: readonly Due[], options: SubmitOptions): Promise<boolean> {
  const agent = await options.agent();
  const answers = await Promise.all(due.map((one) => submit(agent, one, options)));
  const items = answers.filter((item) => item !== undefined);
  if (items.length > 0) options.onTaken(await options.ledger.follow(options.chain, items));
  return items.length === due.length;
}

async function submit(
  agent: Agent,
  { id, asset, amount, destination }: Due,
  { chain, log, ending }: SubmitOptions,
): Promise<WithdrawalItem | undefined> {
  const request = { withdrawalId: id, chainId: "", asset, amount: String(amount), to: destination };
  try {
    const { withdrawal } = await agent.withdrawals.submitWithdrawal(request, { signal: ending });
    return withdrawal === undefined ? undefined : withdrawalItem(withdrawal);
  } catch (error) {
    if (ending.aborted) return undefined;
    const reason = error instanceof Error && "reason" in error ? error.reason : "";
    if (reason === "OTHER_BODY")
      return attention(id, "the agents know another withdrawal of this id");
    // What they refuse for good they keep as rejected: only that is a reason to give the money back.
    if (/^BAD_/.test(String(reason))) return storedOf(agent, id, ending);
    log.warn({ err: error, chain, withdrawal: id }, "a withdrawal was not acknowledged");
    return undefined;
  }
}

async function storedOf(
  agent: Agent,
  withdrawalId: string,
  signal: AbortSignal,
): Promise<WithdrawalItem | undefined> {
  const { withdrawal } = await agent.withdrawals.getWithdrawal({ withdrawalId }, { signal });
  return withdrawal === undefined ? undefined : withdrawalItem(withdrawal);
}

function attention(id: string, reason: string): WithdrawalItem {
  return { id, revision: "1", state: "attention", transaction: null, height: null, reason };
}
