import { migrateChain } from "../../operator/database/chain.ts";
import { expectOk, type TestDatabase, testDatabase, urlOf } from "./database.ts";

/** Roles belong to the server, so all of its databases share this one and its password. */
const password = "test-chain-agent";

export interface ChainDatabase extends TestDatabase {
  /** As pitboss_chain_agent. */
  readonly agentUrl: string;
}

/** A database that the chains' agents can use too. */
export async function chainDatabase(): Promise<ChainDatabase> {
  const database = await testDatabase();
  expectOk(await migrateChain(database.db, password));
  const agent = { ...database.settings, user: "pitboss_chain_agent", password };
  return { ...database, agentUrl: urlOf(agent) };
}
