import type { Database } from "../../operator/database/types.ts";
import type { Anvil } from "../harness/anvil.ts";
import type { Payer } from "./payer.ts";

/** What chain and ledger say when all is over; every list names what is wrong. */
export interface Findings {
  readonly deposits: number;
  readonly withdrawals: number;
  readonly refunds: number;
  /** Transactions of the hot wallet that were mined, and signed at all. */
  readonly mined: number;
  readonly signed: number;
  readonly wrong: readonly string[];
}

export interface Scene {
  readonly anvil: Anvil;
  readonly db: Database;
  readonly payer: Payer;
  readonly wallet: string;
  /** Deposits that were seen credited before they were final. */
  readonly early: readonly string[];
}

interface Transaction {
  readonly hash: string;
  readonly from: string;
  readonly to: string;
  readonly nonce: string;
  readonly value: string;
}

/** Every transaction of the chain as it is in the end. */
async function transactions(anvil: Anvil): Promise<Transaction[]> {
  const head = Number(await anvil.rpc("eth_blockNumber"));
  const blocks = Array.from({ length: head + 1 }, (_, height) => height);
  const all: Transaction[] = [];
  for (const height of blocks) {
    const block = (await anvil.rpc("eth_getBlockByNumber", `0x${height.toString(16)}`, true)) as {
      transactions: Transaction[];
    };
    all.push(...block.transactions);
  }
  return all;
}

/** Compares what was paid on the chain with what is booked. */
export async function findings(scene: Scene): Promise<Findings> {
  const { anvil, db, payer, wallet, early } = scene;
  const all = await transactions(anvil);
  const out = all.filter(({ from }) => from.toLowerCase() === wallet);
  const deposits = await depositFaults(db, payer, all);
  const withdrawals = await withdrawalFaults(db, out);
  const { rows: signed } = await db.pool.query(
    "SELECT count(*)::int AS number FROM chain.candidates",
  );
  return {
    deposits: deposits.count,
    withdrawals: withdrawals.count,
    refunds: withdrawals.refunds,
    mined: out.length,
    signed: signed[0].number,
    wrong: [
      ...early.map((text) => `credited early: ${text}`),
      ...deposits.wrong,
      ...withdrawals.wrong,
      ...nonceFaults(out),
      ...(await bookFaults(db)),
    ],
  };
}

async function depositFaults(db: Database, payer: Payer, all: readonly Transaction[]) {
  const { rows } = await db.pool.query(
    `SELECT d.transaction, d.amount, d.player, d.state, count(t.id)::int AS booked, sum(t.amount) AS sum
       FROM pitboss.chain_deposits d LEFT JOIN pitboss.transfers t ON t.reference = d.deposit AND t.kind = 'deposit'
      GROUP BY d.deposit, d.transaction, d.amount, d.player, d.state`,
  );
  const booked = new Map(rows.map((row) => [row.transaction, row]));
  const onChain = new Set(all.map(({ hash }) => hash));
  const wrong = payer.paid.flatMap(({ hash, amount, player }) => {
    const row = booked.get(hash);
    const right =
      onChain.has(hash) &&
      row?.state === "credited" &&
      row.booked === 1 &&
      BigInt(row.sum) === amount &&
      row.player === player;
    return right ? [] : [`deposit ${hash}: ${JSON.stringify(row)}, on chain ${onChain.has(hash)}`];
  });
  return { count: rows.length, wrong };
}

async function withdrawalFaults(db: Database, out: readonly Transaction[]) {
  const { rows } = await db.pool.query(
    "SELECT id, destination, amount, state FROM pitboss.chain_withdrawals",
  );
  const wrong = rows.flatMap(({ id, destination, amount, state }) => {
    const paid = out.filter(({ to }) => to?.toLowerCase() === destination);
    const right =
      state === "completed"
        ? paid.length === 1 && BigInt(paid[0]?.value ?? 0) === BigInt(amount)
        : state === "refunded" && paid.length === 0;
    return right ? [] : [`withdrawal ${id} is ${state} and was paid ${paid.length} times`];
  });
  return {
    count: rows.length,
    refunds: rows.filter(({ state }) => state === "refunded").length,
    wrong,
  };
}

/** Each nonce from 0 on, once. */
function nonceFaults(out: readonly Transaction[]): string[] {
  const nonces = out.map(({ nonce }) => Number(nonce)).sort((a, b) => a - b);
  return nonces.flatMap((nonce, i) => (nonce === i ? [] : [`nonce ${nonce} at place ${i}`]));
}

async function bookFaults(db: Database): Promise<string[]> {
  const views = ["wrong_balances", "wrong_cashiers"];
  const found = await Promise.all(
    views.map((view) => db.pool.query(`SELECT * FROM pitboss.${view}`)),
  );
  return found.flatMap(({ rows }, i) => rows.map((row) => `${views[i]}: ${JSON.stringify(row)}`));
}
