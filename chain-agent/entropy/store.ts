import type { BlockRef } from "../adapters/adapter.ts";
import type { Database, Row } from "../database.ts";
import type { EntropyCommitment } from "../generated/pitboss/chain/v1/entropy.ts";

/** The chain as commitments name it. */
export interface NamedChain {
  /** CAIP-2. */
  readonly chainId: string;
  /** namespace/name of the Chain object. */
  readonly chain: string;
  readonly network: string;
  readonly insecure: boolean;
}

/** A commitment, and what came of it where that is known. */
export interface StoredEntropy {
  readonly commitment: EntropyCommitment;
  readonly revealed:
    | { readonly hash: string; readonly nodesAgreed: number; readonly nodes: number }
    | undefined;
}

const columns =
  "chain, request_id, name, network, insecure, height, head_height, head_hash, blocks_ahead, committed_at, hash, nodes_agreed, nodes";

function stored(row: Row): StoredEntropy {
  return {
    commitment: {
      requestId: row.request_id,
      chainId: row.chain,
      chain: row.name,
      network: row.network,
      height: row.height,
      head: { height: row.head_height, hash: row.head_hash },
      blocksAhead: row.blocks_ahead,
      insecure: row.insecure,
      time: row.committed_at,
    },
    revealed:
      row.hash === null
        ? undefined
        : { hash: row.hash, nodesAgreed: row.nodes_agreed, nodes: row.nodes },
  };
}

/** Commitments in PostgreSQL: made once, the same for every replica. */
export class EntropyStore {
  readonly #database: Database;
  readonly #named: NamedChain;

  constructor(database: Database, named: NamedChain) {
    this.#database = database;
    this.#named = named;
  }

  /** The commitment under an id: this one, or the one that was there. */
  async commit(requestId: string, head: BlockRef, blocksAhead: number): Promise<StoredEntropy> {
    const { chainId, chain, network, insecure } = this.#named;
    const height = head.height + BigInt(blocksAhead);
    const [row] = await this.#database.query(
      `SELECT ${columns} FROM chain.commit_entropy($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [chainId, requestId, chain, network, insecure, height, head.height, head.hash, blocksAhead],
    );
    return stored(row);
  }

  async get(requestId: string): Promise<StoredEntropy | undefined> {
    const [row] = await this.#database.query(
      `SELECT ${columns} FROM chain.entropy WHERE chain = $1 AND request_id = $2`,
      [this.#named.chainId, requestId],
    );
    return row === undefined ? undefined : stored(row);
  }

  /** Notes the final block at a height, for every commitment to it. */
  async reveal(block: BlockRef, nodesAgreed: number, nodes: number): Promise<void> {
    await this.#database.query("SELECT chain.reveal_entropy($1, $2, $3, $4, $5)", [
      ...[this.#named.chainId, block.height, block.hash, nodesAgreed, nodes],
    ]);
  }
}
