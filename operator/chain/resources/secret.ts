import type { Chain } from "../../../crds/generated/chain.ts";
import { CA_KEY, DATABASE_KEYS } from "../../platform/secrets.ts";
import { type Child, childMeta } from "./child.ts";
import type { ChainFacts } from "./facts.ts";
import { childName, jwtSecretName } from "./names.ts";

/** Keys of the agents' Secret; the database's own CA has the key ca.crt. */
export const TLS_KEYS = { cert: "tls.crt", key: "tls.key", ca: "tls-ca.crt" } as const;
export const JWT_KEY = "jwt.hex";
export const RPC_CONF_KEY = "rpc.conf";
/** Who the agent is to a node of the bitcoin family. */
export const RPC_USER = "pitboss";

const base64 = (text: string): string => Buffer.from(text, "utf8").toString("base64");

function secret(chain: Chain, name: string, data: Record<string, string>): Child {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: childMeta(chain, name),
    type: "Opaque",
    data: Object.fromEntries(Object.entries(data).map(([key, text]) => [key, base64(text)])),
  };
}

/** How the agents reach the database, and by what they and their callers know each other. */
export function buildAgentSecret(chain: Chain, { credentials, tls }: ChainFacts): Child {
  const { ca } = credentials;
  const database = DATABASE_KEYS.map((key) => [key, String(credentials[key])]);
  return secret(chain, childName(chain, "agent"), {
    ...Object.fromEntries(database),
    ...(ca === undefined ? {} : { [CA_KEY]: ca }),
    [TLS_KEYS.cert]: tls.cert,
    [TLS_KEYS.key]: tls.key,
    [TLS_KEYS.ca]: tls.ca,
  });
}

/**
 * The secret by which the clients of a node trust each other, and by which one of the bitcoin family trusts the
 * agent. Files, as a command line is for everybody to read.
 */
export function buildJwtSecret(chain: Chain, { jwt }: ChainFacts): Child {
  const conf = `rpcuser=${RPC_USER}\nrpcpassword=${jwt}\n`;
  return secret(chain, jwtSecretName(chain), {
    [JWT_KEY]: jwt,
    ...(chain.spec.protocol === "bitcoin" ? { [RPC_CONF_KEY]: conf } : {}),
  });
}
