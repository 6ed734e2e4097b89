import { randomBytes } from "node:crypto";
import type { Database } from "../database/types.ts";
import type { Client } from "../kube/client.ts";
import type { Finding } from "./finding.ts";
import { kinds } from "./kinds.ts";
import { readSecret } from "./secrets.ts";

const KEY = "key";

/**
 * The key that wraps the games' seed keys. Made where there is none, unless the database holds seed
 * keys already: then one was lost, and another would open none of them.
 */
export async function ensurePlatformKey(
  client: Client,
  db: Database,
  { namespace, name }: { namespace: string; name: string },
): Promise<{ key: Buffer } | { failed: Finding }> {
  const where = `Secret ${namespace}/${name}`;
  const secret = await client.find(kinds.secret, { namespace, name });
  if (secret) {
    const text = readSecret(secret, KEY)?.trim() ?? "";
    if (/^[0-9a-f]{64}$/i.test(text)) return { key: Buffer.from(text, "hex") };
    return wrong(`${where} has no ${KEY} of 64 hex digits. Restore it from its backup`);
  }
  const { rows } = await db.pool.query("SELECT FROM pitboss.seed_keys LIMIT 1");
  if (rows.length > 0) {
    return wrong(
      `${where} is gone, and the database holds seed keys that it wraps. Restore it from its backup: without it no open round can be finished`,
    );
  }
  const key = randomBytes(32);
  await client.apply(kinds.secret, {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { namespace, name, labels: { "app.kubernetes.io/part-of": "pitboss" } },
    ...{ type: "Opaque", data: { [KEY]: Buffer.from(key.toString("hex")).toString("base64") } },
  });
  return { key };
}

function wrong(message: string): { failed: Finding } {
  return { failed: { reason: "PlatformKeyWrong", message } };
}
