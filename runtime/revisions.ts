import type { Engine } from "../games/game.ts";
import { findEngine } from "../games/index.ts";
import { type Compiled, compile } from "../games/play.ts";
import type { Database, Session } from "./database.ts";
import type { RecordedRevision } from "./types.ts";

const getRevision = { name: "revision", text: "SELECT * FROM revision($1)" };

const getRecorded = {
  name: "recorded_revision",
  text: `SELECT engine, engine_version, config, proven_at, returns::text AS returns FROM recorded_revision($1)`,
};

/** Other revisions than our own that are kept ready: those of rounds begun before a rollout. */
const keptMax = 16;

/** The rules that rounds were played by: this pod's, and those of rounds that other revisions began. */
export class Revisions {
  readonly own: Compiled;
  readonly #others = new Map<string, Compiled>();

  constructor(own: Compiled) {
    this.own = own;
  }

  async get(session: Session, revision: string): Promise<Compiled> {
    if (revision === this.own.revision) return this.own;
    const known = this.#others.get(revision);
    if (known !== undefined) return known;
    const [row] = await session.query(getRevision, [revision]);
    if (row === undefined) throw new Error(`revision ${revision} is not recorded`);
    const engine = findEngine(row.engine, row.engine_version);
    if (engine === undefined) {
      throw new Error(
        `revision ${revision} needs ${row.engine} ${row.engine_version}, which is not here`,
      );
    }
    const compiled = compiledOf(engine, row.config);
    const [oldest] = this.#others.keys();
    if (this.#others.size >= keptMax && oldest !== undefined) this.#others.delete(oldest);
    this.#others.set(revision, compiled);
    return compiled;
  }
}

/** The configuration was proven before it came here: one that does not compile is a fault of ours. */
export function compiledOf(engine: Engine, config: Parameters<typeof compile>[1]): Compiled {
  const compiled = compile(engine, config);
  if ("problems" in compiled) {
    const faults = compiled.problems.map(({ pointer, message }) => `${pointer}: ${message}`);
    throw new Error(`${engine.name} does not take its configuration: ${faults.join("; ")}`);
  }
  return compiled;
}

/** What a revision is that this game plays or has a round of; null for any other. */
export async function recordedRevision(
  db: Database,
  revision: string,
): Promise<RecordedRevision | null> {
  const [row] = await db.query(getRecorded, [revision]);
  if (row === undefined) return null;
  const { engine, engine_version: engineVersion, config, proven_at: provenAt, returns } = row;
  return { engine, engineVersion, config, provenAt, returns };
}
