import type { BlockRef } from "../adapters/adapter.ts";
import type { Database, Row } from "../database.ts";
import type { Order, Payout, Signed } from "./wallet.ts";

export type State =
  | "ACCEPTED"
  | "BROADCAST"
  | "MINED"
  | "FINALIZED"
  | "FAILED"
  | "CANCELLED"
  | "NEEDS_ATTENTION"
  | "REJECTED";

/** A transaction that was signed for a withdrawal. */
export interface Candidate {
  readonly number: number;
  readonly hash: string;
  readonly raw: string;
  readonly rate: bigint;
  readonly tip: bigint;
  readonly cancels: boolean;
  readonly createdAt: Date;
  readonly sentAt: Date | null;
}

/** A withdrawal as it is stored. */
export interface StoredWithdrawal extends Order {
  readonly sender: string;
  readonly state: State;
  readonly revision: bigint;
  /** Of its last change, among all changes of the chain's withdrawals. */
  readonly sequence: bigint;
  readonly cancelling: boolean;
  /** A higher fee is wanted: at least this rate. */
  readonly wantedRate: bigint | null;
  readonly message: string;
  readonly transactionHash: string | null;
  readonly block: BlockRef | null;
  readonly fee: bigint | null;
  readonly candidates: readonly Candidate[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface Submission extends Payout {
  readonly withdrawalId: string;
  readonly sender: string;
  readonly numbered: boolean;
  /** What the chain says of a sender who is new here. */
  readonly firstNonce?: bigint;
  /** Stored as rejected, for this reason. */
  readonly refusal?: string | undefined;
}

export interface Mined {
  readonly hash: string;
  readonly block: BlockRef;
  readonly fee: bigint;
}

const select = `SELECT w.*,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('number', c.number, 'hash', c.transaction_hash, 'raw', c.raw,
              'rate', c.fee_rate::text, 'tip', c.tip::text, 'cancels', c.cancels, 'createdAt', c.created_at,
              'sentAt', c.sent_at) ORDER BY c.number), '[]')
       FROM chain.candidates c WHERE c.chain = w.chain AND c.withdrawal_id = w.withdrawal_id) AS candidates,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('coin', i.coin, 'amount', i.amount::text) ORDER BY i.coin), '[]')
       FROM chain.inputs i WHERE i.chain = w.chain AND i.withdrawal_id = w.withdrawal_id) AS inputs
  FROM chain.withdrawals w`;

function candidateOf(json: Row): Candidate {
  const { number, hash, raw, rate, tip, cancels, createdAt, sentAt } = json;
  return {
    ...{ number, hash, raw, cancels, rate: BigInt(rate), tip: BigInt(tip) },
    createdAt: new Date(createdAt),
    sentAt: sentAt === null ? null : new Date(sentAt),
  };
}

function withdrawalOf(row: Row): StoredWithdrawal {
  const { asset, amount, sender, state, revision, sequence, cancelling, message, fee } = row;
  return {
    withdrawalId: row.withdrawal_id,
    ...{ asset, amount, to: row.destination, sender, nonce: row.nonce ?? undefined },
    ...{ state, revision, sequence, cancelling, message, fee, wantedRate: row.wanted_rate },
    transactionHash: row.transaction_hash,
    block: row.height === null ? null : { height: row.height, hash: row.block_hash },
    candidates: row.candidates.map(candidateOf),
    inputs: row.inputs.map(({ coin, amount: held }: Row) => ({ coin, amount: BigInt(held) })),
    ...{ createdAt: row.created_at, updatedAt: row.updated_at },
  };
}

/** The withdrawals of one chain in PostgreSQL (sql/0002-withdrawals.sql has the rules). */
export class WithdrawalStore {
  readonly #database: Database;
  readonly #chain: string;

  constructor(database: Database, chainId: string) {
    this.#database = database;
    this.#chain = chainId;
  }

  submit(s: Submission): Promise<"stored" | "existing" | "other_body" | "needs_nonce"> {
    const body = [s.withdrawalId, s.asset, s.amount, s.to, s.sender, s.numbered];
    return this.#call("submit_withdrawal", ...body, s.firstNonce ?? null, s.refusal ?? null);
  }

  async get(withdrawalId: string): Promise<StoredWithdrawal | undefined> {
    const text = `${select} WHERE w.chain = $1 AND w.withdrawal_id = $2`;
    const [row] = await this.#database.query(text, [this.#chain, withdrawalId]);
    return row === undefined ? undefined : withdrawalOf(row);
  }

  /** Those of a sender that are not over, by their nonces. */
  async open(sender: string, max: number): Promise<StoredWithdrawal[]> {
    const text = `${select} WHERE w.chain = $1 AND w.sender = $2
        AND w.state IN ('ACCEPTED', 'BROADCAST', 'MINED', 'NEEDS_ATTENTION')
      ORDER BY w.nonce, w.created_at, w.withdrawal_id LIMIT $3`;
    return (await this.#database.query(text, [this.#chain, sender, max])).map(withdrawalOf);
  }

  /** At most `max` withdrawals that changed after `sequence`, in the order of their changes. */
  async changes(sequence: bigint, max: number): Promise<StoredWithdrawal[]> {
    const text = `${select} WHERE w.chain = $1 AND w.sequence > $2 ORDER BY w.sequence LIMIT $3`;
    return (await this.#database.query(text, [this.#chain, sequence, max])).map(withdrawalOf);
  }

  /** The number of the last change. */
  async sequence(): Promise<bigint> {
    const text = "SELECT sequence FROM chain.changes WHERE chain = $1";
    const [row] = await this.#database.query(text, [this.#chain]);
    return row?.sequence ?? 0n;
  }

  reserveInputs(withdrawalId: string, coins: readonly string[]): Promise<boolean> {
    return this.#call("reserve_inputs", withdrawalId, coins);
  }

  /** False where something else is stored meanwhile, or the lease is another's. */
  addCandidate(
    { withdrawalId, candidates }: StoredWithdrawal,
    { hash, raw, rates }: Signed,
    cancels: boolean,
    lease: { readonly name: string; readonly holder: string },
  ): Promise<boolean> {
    const signed = [withdrawalId, candidates.length + 1, hash, raw, rates.rate, rates.tip, cancels];
    return this.#call("add_candidate", ...signed, lease.name, lease.holder);
  }

  /** False where it is mined or over; so for the next. */
  wantFee(withdrawalId: string, rate: bigint): Promise<boolean> {
    return this.#call("want_fee", withdrawalId, rate);
  }

  wantCancelled(withdrawalId: string): Promise<boolean> {
    return this.#call("want_cancelled", withdrawalId);
  }

  noteSent(withdrawalId: string, number: number): Promise<void> {
    return this.#call("note_sent", withdrawalId, number);
  }

  /** False where nothing changed. */
  move(withdrawalId: string, to: State, mined: Mined | null, message: string): Promise<boolean> {
    const at = [mined?.hash, mined?.block.height, mined?.block.hash, mined?.fee];
    const values = at.map((value) => value ?? null);
    return this.#call("move_withdrawal", withdrawalId, to, ...values, message);
  }

  /** How many there are in each state that is not over, and the oldest of them. */
  async figures(): Promise<{ state: State; number: bigint; oldest: Date }[]> {
    const text = `SELECT state, count(*) AS number, min(created_at) AS oldest FROM chain.withdrawals
      WHERE chain = $1 AND state IN ('ACCEPTED', 'BROADCAST', 'MINED', 'NEEDS_ATTENTION') GROUP BY state`;
    return (await this.#database.query(text, [this.#chain])) as never;
  }

  async #call<T>(name: string, ...values: unknown[]): Promise<T> {
    const places = [this.#chain, ...values].map((_, i) => `$${i + 1}`).join(", ");
    const text = `SELECT chain.${name}(${places}) AS answer`;
    const [row] = await this.#database.query(text, [this.#chain, ...values]);
    return row.answer;
  }
}
