import { Agents } from "./agents.ts";
import { Catalogues } from "./catalogue.ts";
import { Database } from "./database.ts";
import { GameEntropy } from "./entropy.ts";
import { History } from "./history.ts";
import { PlayRecords } from "./records.ts";
import { compiledOf, Revisions, recordedRevision } from "./revisions.ts";
import { gameRounds } from "./rounds.ts";
import { GamePairs } from "./seed-pairs.ts";
import { Sweeper } from "./sweeper.ts";
import { Turns } from "./turns.ts";
import type { GameOptions, OpenGame } from "./types.ts";

const sweepSeconds = 5;
const nowhere = { target: "dns:///no-agent.invalid:9000", tlsDir: "" };
const countOpen = { name: "count_open", text: "SELECT count(*) AS open FROM open_rounds" };

/**
 * Opens one game on its database: everything that moves money, and nothing of HTTP. It answers once
 * the database could be reached and the operator has listed the game there.
 */
export async function openGame(options: GameOptions): Promise<OpenGame> {
  const { game, logger, seedKey, connections, hooks = {} } = options;
  const own = compiledOf(options.engine, options.config);
  if (own.revision !== options.revision) {
    throw new Error(
      `this engine and configuration are revision ${own.revision}, not ${options.revision}`,
    );
  }
  const db = await Database.open({
    directory: options.databaseDirectory,
    connections,
    application: options.pod,
    onChange(up, error) {
      if (up) logger.info({}, "the database is back");
      else logger.error({ err: error }, "the database is away");
      hooks.database?.(up);
    },
  });
  const catalogue = new Catalogues({ game, revision: own.revision, db, logger });
  await catalogue.start();
  const turns = new Turns();
  const revisions = new Revisions(own);
  const agents = new Agents(options.agents ?? nowhere);
  const entropy = new GameEntropy({ game, db, agents, logger, hooks });
  const pairs = new GamePairs({ db, game, seedKey, turns, entropy });
  const history = new History({ game, engine: own.engine.name, db, revisions, pairs });
  const records = new PlayRecords({ game, engine: own.engine.name, db, catalogue });
  const shared = { game, db, connections, catalogue, revisions, pairs, history, turns, hooks };
  const { finish, endings, ...rounds } = gameRounds({ ...shared, logger });
  const look = async () => {
    await endings?.look();
    if (catalogue.current().entropy !== null) await entropy.look();
  };
  const everyMs = 1000 * (options.sweepSeconds ?? sweepSeconds);
  const sweeper = new Sweeper({ db, everyMs, finish, look, logger });
  sweeper.start();
  return {
    rounds,
    records,
    revision: (revision) => recordedRevision(db, revision),
    pairs,
    catalogue: () => catalogue.current(),
    returns: () => catalogue.returns(),
    ready: () => db.up,
    connections: () => db.counts(),
    openRounds: async () => (await db.query(countOpen))[0].open,
    sweep: () => sweeper.sweep(),
    async stop() {
      await Promise.all([sweeper.stop(), endings?.stop(), catalogue.stop()]);
      await agents.stop();
      await db.stop();
    },
  };
}
