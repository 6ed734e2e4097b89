import { type BlockRef, NodeError, RpcError } from "../adapters/adapter.ts";
import { type CanonicalChain, FinalityViolated, NoQuorum } from "../follow/canonical-chain.ts";
import type { Worker, WorkerLog } from "../worker.ts";
import { type Fate, fateOf } from "./inclusion.ts";
import { send } from "./send.ts";
import type { Candidate, StoredWithdrawal, WithdrawalStore } from "./store.ts";
import { isSigned, type Wallet } from "./wallet.ts";

export interface SendingPace {
  /** A transaction that is not mined is given to the nodes again after this time. */
  readonly resendMs: number;
  /** The one that holds all others up gets a higher fee after this time. */
  readonly bumpMs: number;
  /** Transactions that wait to be mined at once: pools keep few of one sender (geth: 16 for sure). */
  readonly inFlight: number;
}

export const sendingPace: SendingPace = { resendMs: 20_000, bumpMs: 60_000, inFlight: 16 };

export interface SenderOptions {
  readonly chain: CanonicalChain;
  readonly store: WithdrawalStore;
  readonly wallet: Wallet;
  /** Names this replica, as its lease does. */
  readonly holder: string;
  readonly log: WorkerLog;
  readonly pace: SendingPace;
}

const openMax = 2_000;
/** What no node has taken is offered again after this time. */
const retryMs = 3_000;
/** Fees that grew so often are ten times the first: more does not help, a person may still ask for it. */
const candidatesMax = 20;

/**
 * Signs, sends and follows the withdrawals of one wallet, in the order of their nonces. Everything that it knows is in
 * PostgreSQL before a node sees it, so that it may die at any line: the next one goes on from there.
 */
export class Sender implements Worker {
  readonly name: string;
  readonly #o: SenderOptions;
  /** When what no node has taken was offered last. */
  readonly #offered = new Map<string, number>();
  /** Those whose fee a node finds too low. */
  readonly #underpriced = new Set<string>();
  /** Spent and not found: at which final block that was seen first, on chains that cannot tell for a block. */
  readonly #vanished = new Map<string, bigint>();
  #stopped = "";

  constructor(options: SenderOptions) {
    this.#o = options;
    this.name = `wallet ${options.wallet.from}`;
  }

  passes(error: unknown): boolean {
    return (
      error instanceof NodeError || error instanceof NoQuorum || error instanceof FinalityViolated
    );
  }

  async work(): Promise<boolean> {
    const { chain, store, wallet } = this.#o;
    const { head, finalized } = chain;
    if (head === undefined || finalized === undefined || this.#mustStop()) return false;
    const open = await store.open(wallet.from, openMax);
    if (open.length === 0) return false;
    const spent = await wallet.spent(open, head);
    let waiting = 0;
    for (const withdrawal of open) {
      if (spent.has(withdrawal.withdrawalId)) {
        await this.#settle(withdrawal, finalized);
        continue;
      }
      this.#vanished.delete(withdrawal.withdrawalId);
      waiting += 1;
      if (withdrawal.state === "MINED") await this.#reorged(withdrawal);
      else if (waiting <= this.#o.pace.inFlight) await this.#drive(withdrawal, waiting === 1);
    }
    return false;
  }

  /** No quorum, or a broken promise of finality: then until a person has looked. */
  #mustStop(): boolean {
    const { chain, log } = this.#o;
    const reason = chain.stopped() ?? "";
    if (reason !== this.#stopped) {
      this.#stopped = reason;
      if (reason === "") log.info({}, "withdrawals go on");
      else log.warn({ reason }, "withdrawals have stopped");
    }
    return reason !== "";
  }

  /** Nodes need not keep what was in a block that was undone: it is sent again at once. */
  async #reorged(withdrawal: StoredWithdrawal): Promise<void> {
    const { withdrawalId, state, candidates } = withdrawal;
    const last = candidates.at(-1);
    if (state !== "MINED" || last === undefined) return;
    const message = "its block was undone; it is sent again";
    await this.#o.store.move(withdrawalId, "BROADCAST", null, message);
    this.#o.log.info({ withdrawal: withdrawalId }, message);
    await this.#send({ ...withdrawal, state: "BROADCAST", message }, last);
  }

  /** Its nonce or inputs are spent: by which of its transactions, and is that final? */
  async #settle(withdrawal: StoredWithdrawal, finalized: BlockRef): Promise<void> {
    const { chain } = this.#o;
    const { state, block, candidates } = withdrawal;
    const known = state === "MINED" && block !== null && (await chain.isCanonical(block));
    if (known && block.height > finalized.height) return;
    const fate = await fateOf(chain, candidates);
    if (fate.kind === "mined") {
      await this.#mined(withdrawal, fate, finalized);
      // A node's receipts come a moment after its block, and go a moment before a reorg shows: only finality is sure.
    } else if (fate.kind === "none" && (await this.#lostForGood(withdrawal, finalized))) {
      await this.#lost(withdrawal);
    } else if (!known) {
      await this.#reorged(withdrawal);
    }
  }

  async #mined(
    { withdrawalId }: StoredWithdrawal,
    { mined, by, paid }: Extract<Fate, { kind: "mined" }>,
    finalized: BlockRef,
  ): Promise<void> {
    for (const memory of [this.#vanished, this.#offered, this.#underpriced]) {
      memory.delete(withdrawalId);
    }
    const outcome = by.cancels ? "CANCELLED" : paid ? "FINALIZED" : "FAILED";
    const state = mined.block.height > finalized.height ? "MINED" : outcome;
    const message = state === "FAILED" ? "the chain took the fee and refused the payment" : "";
    if (!(await this.#o.store.move(withdrawalId, state, mined, message))) return;
    const fields = { withdrawal: withdrawalId, state, transaction: mined.hash };
    this.#o.log.info(fields, "a withdrawal moved");
  }

  async #lost({ withdrawalId, nonce }: StoredWithdrawal): Promise<void> {
    const what = nonce === undefined ? "its coins were" : `nonce ${nonce} was`;
    const message = `${what} spent by a transaction that is not ours: is the key used elsewhere?`;
    if (await this.#o.store.move(withdrawalId, "NEEDS_ATTENTION", null, message)) {
      this.#o.log.error({ withdrawal: withdrawalId }, message);
    }
  }

  async #lostForGood(withdrawal: StoredWithdrawal, finalized: BlockRef): Promise<boolean> {
    const { wallet, chain } = this.#o;
    const { withdrawalId } = withdrawal;
    if (!(await wallet.spent([withdrawal], finalized)).has(withdrawalId)) return false;
    const since = this.#vanished.get(withdrawalId) ?? chain.head?.height ?? finalized.height;
    this.#vanished.set(withdrawalId, since);
    return wallet.numbered || since <= finalized.height;
  }

  /** Signs what is not signed, sends what is not sent, and raises the fee of what is stuck. */
  async #drive(withdrawal: StoredWithdrawal, first: boolean): Promise<void> {
    const { candidates, cancelling } = withdrawal;
    const last = candidates.at(-1);
    if (
      last === undefined ||
      (cancelling && !last.cancels) ||
      this.#dear(withdrawal, last, first)
    ) {
      const signed = await this.#sign(withdrawal, last);
      if (signed || last === undefined) return;
    }
    if (last !== undefined && this.#isDue(withdrawal, last)) await this.#send(withdrawal, last);
  }

  #isDue({ withdrawalId }: StoredWithdrawal, { sentAt }: Candidate): boolean {
    if (sentAt !== null) return elapsed(sentAt) >= this.#o.pace.resendMs;
    return Date.now() - (this.#offered.get(withdrawalId) ?? 0) >= retryMs;
  }

  /** Whether it should pay more: a person wants it, a node finds it too little, or it holds up all others for too long. */
  #dear(withdrawal: StoredWithdrawal, last: Candidate, first: boolean): boolean {
    if (withdrawal.wantedRate !== null) return true;
    const slow = first || this.#underpriced.has(withdrawal.withdrawalId);
    const more = withdrawal.candidates.length < candidatesMax;
    return more && slow && elapsed(last.createdAt) >= this.#o.pace.bumpMs;
  }

  /** Signs the next transaction of a withdrawal, stores it, and only then sends it. */
  async #sign(withdrawal: StoredWithdrawal, last: Candidate | undefined): Promise<boolean> {
    const { store, holder, log } = this.#o;
    const { withdrawalId, cancelling: cancels, wantedRate } = withdrawal;
    const order = await this.#prepared(withdrawal);
    if (order === undefined) return false;
    const old = last === undefined ? undefined : { rate: last.rate, tip: last.tip };
    const result = await this.#signed(order, { cancels, old, wanted: wantedRate ?? 0n });
    if (!isSigned(result)) {
      if (result.kind === "refused") await this.#refused(withdrawal, result.message);
      else await this.#say(withdrawal, result.message);
      return false;
    }
    const lease = { name: this.name, holder };
    if (!(await store.addCandidate(withdrawal, result, cancels, lease))) return false;
    this.#underpriced.delete(withdrawalId);
    const { hash, raw, rates } = result;
    log.info(
      { withdrawal: withdrawalId, transaction: hash, rate: String(rates.rate), cancels },
      "signed",
    );
    const number = withdrawal.candidates.length + 1;
    const now = { createdAt: new Date(), sentAt: null };
    await this.#send(withdrawal, { number, hash, raw, ...rates, cancels, ...now });
    return true;
  }

  async #signed(order: StoredWithdrawal, options: Parameters<Wallet["sign"]>[1]) {
    try {
      return await this.#o.wallet.sign(order, options);
    } catch (error) {
      // A node that refuses to estimate is no reason to hold up all others.
      if (!(error instanceof RpcError)) throw error;
      return { kind: "wait", message: error.message } as const;
    }
  }

  /** With what it spends: on chains without nonces that may have to be found first. */
  async #prepared(withdrawal: StoredWithdrawal): Promise<StoredWithdrawal | undefined> {
    const { wallet, store } = this.#o;
    if (wallet.numbered || withdrawal.inputs.length > 0) return withdrawal;
    const lack = await wallet.prepare(withdrawal);
    if (lack === undefined) return store.get(withdrawal.withdrawalId);
    await this.#say(withdrawal, lack);
    return undefined;
  }

  /**
   * The chain would not pay. Its nonce must be used up all the same, or every later one waits for ever: a transaction to
   * ourselves takes its place, and the money goes back when that is final.
   */
  async #refused(withdrawal: StoredWithdrawal, message: string): Promise<void> {
    const { withdrawalId, candidates } = withdrawal;
    this.#o.log.warn({ withdrawal: withdrawalId, reason: message }, "a payment is refused");
    await this.#say(withdrawal, message);
    // One that was sent before may still be mined: only what was never signed is turned round at once.
    if (candidates.length === 0) await this.#o.store.wantCancelled(withdrawalId);
  }

  async #send(withdrawal: StoredWithdrawal, candidate: Candidate): Promise<void> {
    const { chain, store } = this.#o;
    const { withdrawalId } = withdrawal;
    const { taken, outcomes, message } = await send(chain.nodes(), candidate.raw);
    if (taken) {
      this.#offered.delete(withdrawalId);
      await store.noteSent(withdrawalId, candidate.number);
      return;
    }
    this.#offered.set(withdrawalId, Date.now());
    // Somebody has mined this nonce: which transaction it was shows in a moment, and is never guessed.
    if (outcomes.has("nonce_too_low")) return;
    if (outcomes.has("underpriced")) this.#underpriced.add(withdrawalId);
    if (outcomes.has("invalid")) {
      await store.move(withdrawalId, "NEEDS_ATTENTION", null, `every node refuses it: ${message}`);
    } else if (outcomes.has("insufficient_funds")) {
      await this.#say(withdrawal, `the hot wallet ${this.#o.wallet.from} lacks funds: ${message}`);
    } else {
      await this.#say(withdrawal, message);
    }
  }

  /** Why it does not go on, for people. */
  async #say({ withdrawalId, state, message }: StoredWithdrawal, now: string): Promise<void> {
    if (message === now || state === "MINED") return;
    await this.#o.store.move(withdrawalId, state, null, now);
  }
}

function elapsed(since: Date | null | undefined): number {
  return since === null || since === undefined ? 0 : Date.now() - since.getTime();
}
