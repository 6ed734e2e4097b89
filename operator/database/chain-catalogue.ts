import type { AssetTerms } from "../../crds/chain-terms.ts";
import { inSession, inTransaction } from "./session.ts";
import type { Database, Owner } from "./types.ts";

/** A Chain's row of the catalogue. */
export interface ChainRow extends Owner {
  readonly protocol: string;
  readonly network: string;
  readonly chainId: string;
  readonly insecure: boolean;
  readonly confirmations: number;
  readonly assets: readonly AssetTerms[];
}

/** What became of a row: an asset may not change its currency, in which balances are kept. */
export type ChainSaved = { readonly saved: true } | { readonly refused: string };

const SAVE = `
  INSERT INTO pitboss.chains AS c (namespace, name, uid, protocol, network, chain_id, insecure, confirmations)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
  ON CONFLICT (namespace, name) DO UPDATE SET
    uid = excluded.uid, protocol = excluded.protocol, network = excluded.network, chain_id = excluded.chain_id,
    insecure = excluded.insecure, confirmations = excluded.confirmations, updated_at = clock_timestamp()
  WHERE (c.uid, c.protocol, c.network, c.chain_id, c.insecure, c.confirmations) IS DISTINCT FROM
        (excluded.uid, excluded.protocol, excluded.network, excluded.chain_id, excluded.insecure, excluded.confirmations)`;

/** Writes a Chain's row and its assets where they differ. */
export function saveChain(db: Database, row: ChainRow): Promise<ChainSaved> {
  const { namespace, name, uid, protocol, network, chainId, insecure, confirmations } = row;
  return inSession(db, `saving Chain ${name} in the catalogue`, (client) =>
    inTransaction(client, async () => {
      const values = [namespace, name, uid, protocol, network, chainId, insecure, confirmations];
      await client.query(SAVE, values);
      const assets = row.assets.map((one) => ({
        ...one,
        minWithdrawal: String(one.minWithdrawal),
      }));
      const { rows } = await client.query<{ answer: { status: string; currency?: string } }>(
        "SELECT pitboss.save_chain_assets($1, $2::jsonb) AS answer",
        [`${namespace}/${name}`, JSON.stringify(assets)],
      );
      const { status, currency } = rows[0]?.answer ?? { status: "saved" };
      return status === "saved" ? { saved: true } : { refused: explained(status, currency) };
    }),
  );
}

function explained(status: string, currency = ""): string {
  return status === "currency_fixed"
    ? `spec.assets: ${currency} is kept for another asset of this chain, and an asset keeps its currency; take the change back`
    : `spec.assets: the database refuses ${currency} (${status})`;
}

/** Tells the lobby whether the chain can be used now. */
export async function setChainReady(db: Database, owner: Owner, ready: boolean): Promise<void> {
  await inSession(db, `noting whether Chain ${owner.name} is ready`, (client) =>
    client.query(
      `UPDATE pitboss.chains SET ready = $4, updated_at = clock_timestamp()
        WHERE namespace = $1 AND name = $2 AND uid = $3 AND ready <> $4`,
      [owner.namespace, owner.name, owner.uid, ready],
    ),
  );
}

/** Withdrawals of the chain that are neither final nor given up; the chain's nodes are needed until then. */
export function openWithdrawals(db: Database, { namespace, name }: Owner): Promise<number> {
  return inSession(db, `looking for open withdrawals of Chain ${name}`, async (client) => {
    const { rows } = await client.query<{ open: number }>(
      `SELECT count(*)::integer AS open FROM pitboss.chain_withdrawals
        WHERE chain = $1 AND state NOT IN ('completed', 'refunded')`,
      [`${namespace}/${name}`],
    );
    return rows[0]?.open ?? 0;
  });
}

/** Takes this very Chain out of the catalogue: no new addresses and withdrawals from here on. */
export async function removeChain(db: Database, owner: Owner): Promise<void> {
  const { namespace, name, uid } = owner;
  await inSession(db, `taking Chain ${name} out of the catalogue`, (client) =>
    inTransaction(client, async () => {
      const { rowCount } = await client.query(
        "DELETE FROM pitboss.chains WHERE namespace = $1 AND name = $2 AND uid = $3",
        [namespace, name, uid],
      );
      if (rowCount === 0) return;
      await client.query("SELECT pitboss.save_chain_assets($1, '[]')", [`${namespace}/${name}`]);
    }),
  );
}
