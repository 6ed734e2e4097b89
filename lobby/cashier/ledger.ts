import { formatAmount } from "../../games/money.ts";
import type { Database, Row, Statement } from "../../runtime/database.ts";

export type Stream = "deposits" | "withdrawals";

/** A deposit as the agent tells it, in the ledger's words. */
export interface DepositItem {
  readonly deposit: string;
  readonly revision: string;
  readonly state: "pending" | "reorged" | "final";
  readonly address: string;
  readonly asset: string;
  readonly amount: string;
  readonly transaction: string;
  readonly height: string;
}

/** A withdrawal as the agent tells it, in the ledger's words. */
export interface WithdrawalItem {
  readonly id: string;
  readonly revision: string;
  readonly state: "submitted" | "mined" | "attention" | "completed" | "impossible";
  readonly transaction: string | null;
  readonly height: string | null;
  readonly reason: string | null;
}

/** What a stream's messages did. */
export interface Taken {
  /** False where another lobby has read on. */
  readonly taken: boolean;
  readonly credited: number;
  readonly refunded: number;
  readonly held: readonly string[];
  /** What was final and is told otherwise now. */
  readonly contradicted: readonly string[];
}

/** A withdrawal that the agent has not acknowledged. */
export interface Due {
  readonly id: string;
  readonly asset: string;
  readonly amount: bigint;
  readonly destination: string;
}

/** Where a currency can be paid in and out. */
export interface Asset {
  readonly chain: string;
  readonly asset: string;
  /** Minor units. */
  readonly minWithdrawal: bigint;
}

const statement = (name: string, text: string): Statement => ({ name: `cashier-${name}`, text });

const sql = {
  chains: statement(
    "chains",
    `SELECT namespace || '/' || name AS chain FROM pitboss.chains c
      WHERE EXISTS (SELECT FROM pitboss.chain_assets a WHERE a.chain = c.namespace || '/' || c.name)`,
  ),
  assets: statement("assets", "SELECT * FROM pitboss.assets_in($1, $2)"),
  addressOf: statement("address-of", "SELECT * FROM pitboss.address_of($1, $2, $3)"),
  keepAddress: statement("keep-address", "SELECT pitboss.keep_address($1, $2) AS address"),
  hold: statement("hold", "SELECT pitboss.hold_stream($1, $2, $3, $4) AS held"),
  leave: statement("leave", "SELECT pitboss.leave_stream($1, $2, $3)"),
  cursor: statement("cursor", "SELECT pitboss.stream_cursor($1, $2) AS cursor"),
  takeDeposits: statement(
    "take-deposits",
    "SELECT * FROM pitboss.take_deposits($1, $2, $3, $4, $5)",
  ),
  takeWithdrawals: statement(
    "take-withdrawals",
    "SELECT * FROM pitboss.take_withdrawals($1, $2, $3, $4)",
  ),
  follow: statement("follow", "SELECT * FROM pitboss.follow_withdrawals($1, $2)"),
  due: statement("due", "SELECT * FROM pitboss.withdrawals_to_submit($1, $2)"),
  request: statement(
    "request",
    "SELECT * FROM pitboss.request_withdrawal($1, $2, $3, $4, $5, $6, $7)",
  ),
  deposits: statement("deposits", "SELECT * FROM pitboss.deposits($1, $2, $3)"),
  withdrawals: statement("withdrawals", "SELECT * FROM pitboss.withdrawals($1, $2, $3, $4)"),
  figures: statement("figures", "SELECT * FROM pitboss.cashier_figures"),
};

export interface WithdrawalRequest {
  readonly player: string;
  readonly key: string;
  readonly hash: Buffer;
  readonly chain: string;
  readonly asset: string;
  /** Minor units. */
  readonly amount: bigint;
  readonly destination: string;
}

/** What waits, or what a person must look at. */
export interface Figure {
  readonly chain: string;
  readonly what: string;
  readonly number: number;
  readonly oldest: Date;
}

const takenOf = (row: Row): Taken => ({
  taken: row.status === "taken",
  credited: row.credited ?? 0,
  refunded: row.refunded ?? 0,
  held: row.held ?? [],
  contradicted: row.contradicted ?? [],
});

/** The cashier's part of the ledger (runtime/sql/pitboss/0006-cashier.sql has the rules). */
export class CashierLedger {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async chains(): Promise<string[]> {
    const rows = await this.#database.query(sql.chains);
    return rows.map(({ chain }) => chain);
  }

  async assets(currency: string, chain: string | null): Promise<Asset[]> {
    const rows = await this.#database.query(sql.assets, [currency, chain]);
    return rows.map((row) => ({ ...row, minWithdrawal: row.min_withdrawal }));
  }

  /** The player's row for an asset; its address is null before it was made. */
  async address(
    player: string,
    { chain, asset }: Asset,
  ): Promise<{ id: string; address: string | null }> {
    const [row] = await this.#database.query(sql.addressOf, [player, chain, asset]);
    return row;
  }

  /** The address that is kept, whoever made it first. */
  async keepAddress(id: string, address: string): Promise<string> {
    const [row] = await this.#database.query(sql.keepAddress, [id, address]);
    return row.address;
  }

  async hold(chain: string, stream: Stream, holder: string, seconds: number): Promise<boolean> {
    const [row] = await this.#database.query(sql.hold, [chain, stream, holder, seconds]);
    return row.held;
  }

  async leave(chain: string, stream: Stream, holder: string): Promise<void> {
    await this.#database.query(sql.leave, [chain, stream, holder]);
  }

  async cursor(chain: string, stream: Stream): Promise<string> {
    const [row] = await this.#database.query(sql.cursor, [chain, stream]);
    return row.cursor;
  }

  async takeDeposits(
    chain: string,
    from: string,
    items: readonly DepositItem[],
    to: string,
    upTo: bigint | null,
  ): Promise<Taken> {
    const values = [chain, from, JSON.stringify(items), to, upTo === null ? null : String(upTo)];
    const [row] = await this.#database.query(sql.takeDeposits, values);
    return takenOf(row);
  }

  async takeWithdrawals(
    chain: string,
    from: string,
    items: readonly WithdrawalItem[],
    to: string,
  ): Promise<Taken> {
    const values = [chain, from, JSON.stringify(items), to];
    const [row] = await this.#database.query(sql.takeWithdrawals, values);
    return takenOf(row);
  }

  async follow(chain: string, items: readonly WithdrawalItem[]): Promise<Taken> {
    const [row] = await this.#database.query(sql.follow, [chain, JSON.stringify(items)]);
    return takenOf({ ...row, status: "taken" });
  }

  due(chain: string, max: number): Promise<Due[]> {
    return this.#database.query(sql.due, [chain, max]);
  }

  async request(r: WithdrawalRequest): Promise<{ status: string; withdrawal: string | null }> {
    const values = [r.player, r.key, r.hash, r.chain, r.asset, String(r.amount), r.destination];
    const [row] = await this.#database.query(sql.request, values);
    return row;
  }

  /** Newest first, as the API shows them. */
  async deposits(player: string, before: string | null, limit: number): Promise<{ id: string }[]> {
    const rows = await this.#database.query(sql.deposits, [player, before, limit]);
    return rows.map((row) => ({
      ...{ id: row.id, chain: row.chain, asset: row.asset, currency: row.currency },
      amount: formatAmount(row.amount, row.digits),
      ...{ address: row.address, transaction: row.transaction, state: row.state },
      confirmations: row.confirmations,
      createdAt: row.created_at.toISOString(),
      creditedAt: row.credited_at?.toISOString() ?? null,
    }));
  }

  /** One, or a page of them, newest first, as the API shows them. */
  async withdrawals(
    player: string,
    page: { one: string | null; before: string | null; limit: number },
  ): Promise<{ id: string }[]> {
    const values = [player, page.one, page.before, page.limit];
    const rows = await this.#database.query(sql.withdrawals, values);
    return rows.map((row) => ({
      ...{ id: row.id, chain: row.chain, asset: row.asset, currency: row.currency },
      amount: formatAmount(row.amount, row.digits),
      ...{ address: row.destination, transaction: row.transaction, state: row.state },
      ...{ reason: row.reason, confirmations: row.confirmations },
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
    }));
  }

  figures(): Promise<Figure[]> {
    return this.#database.query(sql.figures);
  }
}
