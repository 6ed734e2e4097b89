import type { BlockRef, Payment } from "../adapters/adapter.ts";
import type { Database, Row, Session } from "../database.ts";
import type { Position } from "../follow/canonical-chain.ts";

/** A deposit as it is stored. */
export interface StoredDeposit {
  readonly depositId: string;
  readonly revision: bigint;
  /** Of its last change, among all changes of the chain's deposits. */
  readonly sequence: bigint;
  readonly state: "PENDING" | "REORGED" | "FINALIZED";
  readonly asset: string;
  readonly amount: bigint;
  readonly address: string;
  readonly reference: string;
  readonly transactionHash: string;
  readonly block: BlockRef;
  /** Names its place in a list. */
  readonly number: bigint;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface Watched {
  readonly status: "watched" | "known" | "other_address" | "taken";
  readonly address: string;
  readonly birthHeight: bigint;
}

export interface WatchRequest {
  readonly reference: string;
  readonly address: string;
  readonly birthHeight: bigint;
  /** Nobody could know the address before. */
  readonly fresh: boolean;
  /** A wallet's own address. */
  readonly own?: boolean;
  readonly derived?: { readonly key: string; readonly child: bigint };
}

const columns = `deposit_id, revision, sequence, state, asset, amount, address, reference, transaction_hash, height,
  block_hash, number, created_at, updated_at`;

function depositOf(row: Row): StoredDeposit {
  const { revision, sequence, state, asset, amount, address, reference, number } = row;
  return {
    ...{ depositId: row.deposit_id, revision, sequence, state, asset, amount, address, reference },
    ...{ transactionHash: row.transaction_hash, number },
    block: { height: row.height, hash: row.block_hash },
    ...{ createdAt: row.created_at, updatedAt: row.updated_at },
  };
}

/** The deposits of one chain in PostgreSQL (sql/0001-deposits.sql has the rules). */
export class DepositStore {
  readonly #database: Database;
  readonly #chain: string;

  constructor(database: Database, chainId: string) {
    this.#database = database;
    this.#chain = chainId;
  }

  /** How far the chain was read; undefined before the first scan began. */
  async position(): Promise<Position | undefined> {
    const text = "SELECT height, hash, final_height, final_hash FROM chain.scans WHERE chain = $1";
    const [row] = await this.#database.query(text, [this.#chain]);
    if (row === undefined) return undefined;
    const finalized = { height: row.final_height, hash: row.final_hash };
    return { block: { height: row.height, hash: row.hash }, finalized };
  }

  async begin(block: BlockRef): Promise<void> {
    await this.#call("begin_scan", block.height, block.hash);
  }

  /** False where another replica was faster; so for the next three. */
  readBlock(from: BlockRef, block: BlockRef, payments: readonly Payment[], finalized: BlockRef) {
    const paid = this.#paymentsJson(payments);
    const read = [from.height, from.hash, block.height, block.hash, paid];
    return this.#call("read_block", ...read, finalized.height, finalized.hash);
  }

  settle(at: BlockRef, finalized: BlockRef): Promise<boolean> {
    return this.#call("settle_scan", at.height, at.hash, finalized.height, finalized.hash);
  }

  undo(from: BlockRef, to: BlockRef): Promise<boolean> {
    return this.#call("undo_blocks", from.height, from.hash, to.height, to.hash);
  }

  catchUp(at: BlockRef, block: BlockRef, payments: readonly Payment[]): Promise<boolean> {
    const paid = this.#paymentsJson(payments);
    return this.#call("catch_up", at.height, at.hash, block.height, block.hash, paid);
  }

  /** The lowest block that must be read again for addresses that came later. */
  async behind(): Promise<bigint | undefined> {
    const [row] = await this.#database.query("SELECT chain.behind($1) AS height", [this.#chain]);
    return row.height ?? undefined;
  }

  transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#database.transaction(work);
  }

  /** What is watched under a reference. */
  async watched(session: Session, reference: string): Promise<Watched | undefined> {
    const text =
      "SELECT address, birth_height FROM chain.addresses WHERE chain = $1 AND reference = $2";
    const [row] = await session.query(text, [this.#chain, reference]);
    if (row === undefined) return undefined;
    return { status: "known", address: row.address, birthHeight: row.birth_height };
  }

  /** The next child of a key; it stays ours until the transaction ends. */
  async nextChild(session: Session, key: string): Promise<bigint> {
    const [row] = await session.query("SELECT chain.next_child($1) AS child", [key]);
    return row.child;
  }

  async watch(session: Session, request: WatchRequest): Promise<Watched> {
    const { reference, address, birthHeight, fresh, own = false, derived } = request;
    const text = "SELECT * FROM chain.watch_address($1, $2, $3, $4, $5, $6, $7, $8)";
    const key = [derived?.key ?? null, derived?.child ?? null];
    const values = [this.#chain, reference, address, own, birthHeight, fresh, ...key];
    const [row] = await session.query(text, values);
    return { status: row.status, address: row.address, birthHeight: row.birth_height };
  }

  /** At most `max` deposits that changed after `sequence`, in the order of their changes. */
  async changes(sequence: bigint, max: number): Promise<StoredDeposit[]> {
    const text = `SELECT ${columns} FROM chain.deposits
      WHERE chain = $1 AND NOT own AND sequence > $2 ORDER BY sequence LIMIT $3`;
    const rows = await this.#database.query(text, [this.#chain, sequence, max]);
    return rows.map(depositOf);
  }

  /** The number of the last change. */
  async sequence(): Promise<bigint> {
    const text = "SELECT sequence FROM chain.scans WHERE chain = $1";
    const [row] = await this.#database.query(text, [this.#chain]);
    return row?.sequence ?? 0n;
  }

  async get(depositId: string): Promise<StoredDeposit | undefined> {
    const text = `SELECT ${columns} FROM chain.deposits
      WHERE chain = $1 AND NOT own AND deposit_id = $2`;
    const [row] = await this.#database.query(text, [this.#chain, depositId]);
    return row === undefined ? undefined : depositOf(row);
  }

  /** The newest first, those below `before` where it is given. */
  async list(
    only: { reference: string; address: string },
    before: bigint | null,
    max: number,
  ): Promise<StoredDeposit[]> {
    const text = `SELECT ${columns} FROM chain.deposits
      WHERE chain = $1 AND NOT own AND ($2 = '' OR reference = $2) AND ($3 = '' OR address = $3)
        AND ($4::bigint IS NULL OR number < $4) ORDER BY number DESC LIMIT $5`;
    const values = [this.#chain, only.reference, only.address, before, max];
    return (await this.#database.query(text, values)).map(depositOf);
  }

  /** Final coins of a wallet's own address that no withdrawal has, the largest first. */
  async coins(address: string): Promise<{ coin: string; amount: bigint }[]> {
    const text = `SELECT transaction_hash || ':' || output AS coin, amount FROM chain.deposits d
      WHERE chain = $1 AND own AND address = $2 AND state = 'FINALIZED'
        AND NOT EXISTS (SELECT FROM chain.inputs i
                         WHERE i.chain = d.chain AND i.coin = d.transaction_hash || ':' || d.output)
      ORDER BY amount DESC, number LIMIT 500`;
    return (await this.#database.query(text, [this.#chain, address])) as never;
  }

  #paymentsJson(payments: readonly Payment[]): string {
    return JSON.stringify(
      payments.map(({ transactionHash, output, address, asset, amount }) => ({
        deposit_id: `${this.#chain}/${transactionHash}/${output}`,
        ...{ transaction_hash: transactionHash, output, address, asset, amount: String(amount) },
      })),
    );
  }

  async #call(name: string, ...values: unknown[]): Promise<boolean> {
    const places = [this.#chain, ...values].map((_, i) => `$${i + 1}`).join(", ");
    const text = `SELECT chain.${name}(${places}) AS done`;
    const [row] = await this.#database.query(text, [this.#chain, ...values]);
    return row.done;
  }
}
