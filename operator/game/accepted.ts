import pg from "pg";
import type { GameSpec } from "../../crds/generated/game.ts";
import type { Figures } from "../../games/prove.ts";
import { schemaOf } from "../database/names.ts";
import { inSession } from "../database/session.ts";
import type { CatalogueRow, CatalogueStakes, Database } from "../database/types.ts";
import { type Candidate, provenReturn, storedStakes } from "./math.ts";
import type { Serving } from "./observe.ts";

/** What was proven and stored: it serves until another one is accepted. */
export interface Accepted {
  readonly serving: Serving;
  readonly stakes: readonly CatalogueStakes[];
  /** The exact return of each bet. */
  readonly returns: CatalogueRow["returns"];
  readonly state: GameSpec["state"];
  readonly ready: boolean;
}

/** What a proven candidate becomes once it is stored. */
export function acceptedOf(
  { stakes, figures, ...serving }: Candidate,
  before?: Accepted,
): Accepted {
  return {
    serving,
    stakes: storedStakes(stakes),
    returns: figures.returns as unknown as CatalogueRow["returns"],
    state: before?.state ?? "Active",
    ready: before?.ready ?? false,
  };
}

interface Row {
  readonly engine: string;
  readonly engineVersion: string;
  readonly config: Serving["config"];
  readonly revision: string;
  readonly stakes: readonly CatalogueStakes[];
  readonly returns: CatalogueRow["returns"];
  readonly state: GameSpec["state"];
  readonly ready: boolean;
  readonly proof: Pick<Figures, "rtp">;
}

/** What this very Game had accepted last, as the catalogue has it; the status is not trusted for it. */
export function readAccepted(
  db: Database,
  { name, uid }: { name: string; uid: string },
): Promise<Accepted | undefined> {
  return inSession(db, `reading what ${name} plays`, async (client) => {
    const { rows } = await client.query<Row>(
      `SELECT g.engine, g.engine_version AS "engineVersion", g.config, g.revision, g.stakes, g.returns, g.state,
              g.ready, r.proof
         FROM pitboss.games g JOIN pitboss.revisions r USING (revision)
        WHERE g.name = $1 AND g.uid = $2`,
      [name, uid],
    );
    return rows[0] && fromRow(rows[0]);
  });
}

function fromRow({ proof, stakes, returns, state, ready, ...revision }: Row): Accepted {
  const serving = { ...revision, returns: provenReturn(proof.rtp.min) };
  return { serving, stakes, returns, state, ready };
}

/** The revisions that open rounds of the game were begun with: their configuration has to stay. */
export function openRevisions(db: Database, game: string): Promise<string[]> {
  return inSession(db, `looking for open rounds of ${game}`, async (client) => {
    const schema = pg.escapeIdentifier(schemaOf(game));
    const { rows } = await client.query<{ revision: string }>(
      `SELECT DISTINCT r.revision FROM ${schema}.open_rounds o JOIN ${schema}.rounds r ON r.id = o.round`,
    );
    return rows.map(({ revision }) => revision);
  });
}
