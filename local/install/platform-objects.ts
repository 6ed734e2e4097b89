import { PORTS_ANNOTATION } from "../gateway/routing.ts";
import type { Manifest } from "./documents.ts";

export const platformNamespace = "pitboss";
export const gamesNamespace = "casino";

export interface DatabaseAccess {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly operatorPassword: string;
  readonly lobbyPassword: string;
  /** How many the platform may share out among its games. */
  readonly connections: number;
}

export interface PlatformSettings {
  readonly url: string;
  readonly issuer: string;
  readonly audience: string;
  readonly jwks: string;
  /** The gRPC target of a Chain's agents; {namespace} and {name} stand for the Chain's. */
  readonly chainAgents?: string;
}

/** What manifests/base leaves to the place where it is installed: settings and database Secrets. */
export function platformObjects(settings: PlatformSettings, database: DatabaseAccess): Manifest[] {
  return [
    {
      ...named("v1", "ConfigMap", "pitboss-settings"),
      data: {
        PITBOSS_URL: settings.url,
        PITBOSS_ISSUER: settings.issuer,
        PITBOSS_AUDIENCE: settings.audience,
        PITBOSS_JWKS: settings.jwks,
        PITBOSS_GATEWAY: "pitboss/pitboss",
        PITBOSS_DATABASE_CONNECTIONS: String(database.connections),
        ...(settings.chainAgents
          ? {
              PITBOSS_CHAIN_AGENTS: settings.chainAgents,
              PITBOSS_POD_PORTS_ANNOTATION: PORTS_ANNOTATION,
            }
          : {}),
      },
    },
    databaseSecret("database", "pitboss_operator", database.operatorPassword, database),
    databaseSecret("lobby-database", "pitboss_lobby", database.lobbyPassword, database),
  ];
}

function databaseSecret(
  name: string,
  user: string,
  password: string,
  { host, port, database }: DatabaseAccess,
): Manifest {
  const values = { host, port: String(port), database, user, password };
  return {
    ...named("v1", "Secret", name),
    type: "Opaque",
    data: Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString("base64")]),
    ),
  };
}

function named(apiVersion: string, kind: string, name: string): Manifest {
  return { apiVersion, kind, metadata: { name, namespace: platformNamespace } };
}
