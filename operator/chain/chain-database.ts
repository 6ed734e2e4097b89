import { createHmac } from "node:crypto";
import type { ChainTerms } from "../../crds/chain-terms.ts";
import type { Chain } from "../../crds/generated/chain.ts";
import { CHAIN_ROLE, migrateChain } from "../database/chain.ts";
import { saveChain, setChainReady } from "../database/chain-catalogue.ts";
import { DatabaseAway } from "../database/failure.ts";
import { findingOf } from "../platform/failures.ts";
import type { Link, PlatformDatabase } from "../platform/platform-database.ts";
import type { DatabaseState, Finding } from "./observe.ts";
import type { Credentials } from "./resources/facts.ts";

/** What the database step came to. */
export interface DatabaseStep {
  readonly database: DatabaseState;
  /** Absent where the database was never reached. */
  readonly credentials: Credentials | undefined;
}

interface Memo extends DatabaseStep {
  readonly uid: string;
  readonly key: string;
  readonly ready?: boolean;
}

/**
 * The agents' schema and role, and each Chain's row of the catalogue. What was done is remembered, so that a
 * settled Chain costs no query; another connection or spec is done again.
 */
export class ChainDatabase {
  readonly #platform: PlatformDatabase;
  readonly #memos = new Map<string, Memo>();
  #migrated: { epoch: number; done: Promise<Finding | undefined> } | undefined;

  constructor(platform: PlatformDatabase) {
    this.#platform = platform;
  }

  /** Forgets a Chain that is gone, by its `namespace/name`. */
  forget(key: string): void {
    this.#memos.delete(key);
  }

  /** Brings the database in line with the Chain. `guard` is called before anything is kept outside the cluster. */
  async step(chain: Chain, terms: ChainTerms, guard: () => Promise<void>): Promise<DatabaseStep> {
    const memo = this.#memo(chain);
    const current = this.#platform.current();
    if ("failed" in current) return { database: current, credentials: memo?.credentials };
    const { link } = current;
    const key = JSON.stringify([link.epoch, chain.metadata.generation]);
    if (memo?.key === key) return memo;
    try {
      const failed = await this.#migrate(link);
      if (failed) return { database: { failed }, credentials: memo?.credentials };
      await guard();
      const step = await save(chain, terms, link);
      const { uid } = chain.metadata;
      if (!("failed" in step.database)) this.#memos.set(keyOf(chain), { ...step, uid, key });
      return step;
    } catch (error) {
      if (!(error instanceof DatabaseAway)) throw error;
      return { database: { failed: this.#platform.lost(error) }, credentials: memo?.credentials };
    }
  }

  /** Tells the lobby whether the chain can be used. Where the database is away, the next step says it. */
  async noteReady(chain: Chain, ready: boolean): Promise<void> {
    const memo = this.#memo(chain);
    const current = this.#platform.current();
    if (!memo || memo.ready === ready || "failed" in current) return;
    try {
      await setChainReady(current.link.db, chain.metadata, ready);
      this.#memos.set(keyOf(chain), { ...memo, ready });
    } catch (error) {
      if (!(error instanceof DatabaseAway)) throw error;
      this.#platform.lost(error);
    }
  }

  #memo(chain: Chain): Memo | undefined {
    const memo = this.#memos.get(keyOf(chain));
    return memo?.uid === chain.metadata.uid ? memo : undefined;
  }

  /** Once for each connection, whatever the number of Chains. */
  #migrate(link: Link): Promise<Finding | undefined> {
    if (this.#migrated?.epoch !== link.epoch) {
      const done = migrateChain(link.db, passwordOf(link)).then((migrated) =>
        "problem" in migrated ? findingOf(migrated) : undefined,
      );
      this.#migrated = { epoch: link.epoch, done };
      // What failed is tried again by the next Chain that is looked at.
      const forget = () => {
        if (this.#migrated?.done === done) this.#migrated = undefined;
      };
      void done.then((failed) => failed && forget(), forget);
    }
    return this.#migrated.done;
  }
}

async function save(chain: Chain, terms: ChainTerms, link: Link): Promise<DatabaseStep> {
  const { namespace, name, uid } = chain.metadata;
  const { protocol, network, insecure, finality } = chain.spec;
  const { host, port, database, ca } = link.db.settings;
  const credentials = {
    ...{ host, port, database, user: CHAIN_ROLE, password: passwordOf(link) },
    ...(ca === undefined ? {} : { ca }),
  };
  const saved = await saveChain(link.db, {
    ...{ namespace, name, uid, protocol, network, insecure },
    ...{ chainId: terms.chainId, assets: terms.assets },
    confirmations: finality.confirmations,
  });
  if ("refused" in saved) {
    const failed: Finding = { reason: "AssetsRefused", message: saved.refused };
    return { database: { failed }, credentials };
  }
  return { database: { saved: true }, credentials };
}

/** One role for all agents, whose password every operator of the platform can tell anew. */
function passwordOf({ platformKey }: Link): string {
  return createHmac("sha256", platformKey).update(`password of ${CHAIN_ROLE}`).digest("base64url");
}

const keyOf = ({ metadata }: Chain): string => `${metadata.namespace}/${metadata.name}`;
