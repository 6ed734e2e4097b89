import { inSession } from "./session.ts";
import type { Database, StoredProof } from "./types.ts";

const SAVE = `
  INSERT INTO pitboss.revisions AS r (revision, engine, engine_version, config, engine_digest, max_multiplier, proof)
    VALUES ($1, $2, $3, $4::jsonb, $5, $6, $7::jsonb)
  ON CONFLICT (revision) DO UPDATE SET
    engine_digest = excluded.engine_digest, max_multiplier = excluded.max_multiplier, proof = excluded.proof, proven_at = now()
  WHERE (r.engine_digest, r.max_multiplier, r.proof)
     IS DISTINCT FROM (excluded.engine_digest, excluded.max_multiplier, excluded.proof)`;

/** Keeps a proof of the math. A revision is a hash of engine, version and configuration, so those never change. */
export function saveProof(db: Database, proof: StoredProof): Promise<void> {
  return inSession(db, `saving the proof of revision ${proof.revision}`, async (client) => {
    await client.query(SAVE, [
      proof.revision,
      proof.engine,
      proof.engineVersion,
      JSON.stringify(proof.config),
      proof.engineDigest,
      proof.maxMultiplier,
      JSON.stringify(proof.proof),
    ]);
  });
}

/** The proof of a revision by this very code of its engine, or null: then it is to be proven. */
export function loadProof(
  db: Database,
  revision: string,
  engineDigest: string,
): Promise<StoredProof | null> {
  return inSession(db, `loading the proof of revision ${revision}`, async (client) => {
    const { rows } = await client.query<StoredProof>(
      `SELECT revision, engine, engine_version AS "engineVersion", config, engine_digest AS "engineDigest",
              max_multiplier AS "maxMultiplier", proof
         FROM pitboss.revisions WHERE revision = $1 AND engine_digest = $2 AND proof IS NOT NULL`,
      [revision, engineDigest],
    );
    return rows[0] ?? null;
  });
}
