import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Kubectl } from "../e2e/kubectl.ts";

/** Connections that PostgreSQL has here (postgres-entry.sh), less those of operator, lobby and people. */
export const gameConnections = 350;

const place = { host: "postgres.database.svc.cluster.local", port: "5432" };

/**
 * PostgreSQL, and the Secrets that the chart takes: of its master user, and of the roles that the chart's Job
 * makes as that user.
 */
export async function installPostgres(kubectl: Kubectl): Promise<void> {
  const password = randomBytes(18).toString("hex");
  await kubectl.run(["apply", "-f", join(import.meta.dirname, "postgres.yaml")]);
  await kubectl.apply(secret("superuser", "database", { password }));
  const pitboss = { apiVersion: "v1", kind: "Namespace", metadata: { name: "pitboss" } };
  await kubectl.apply(pitboss);
  const of = (user: string, database: string, its = randomBytes(18).toString("hex")) => ({
    ...place,
    database,
    user,
    password: its,
  });
  await kubectl.apply(
    secret("database-admin", "pitboss", of("postgres", "postgres", password)),
    secret("database", "pitboss", of("pitboss_operator", "pitboss")),
    secret("lobby-database", "pitboss", of("pitboss_lobby", "pitboss")),
  );
}

function secret(name: string, namespace: string, stringData: Record<string, string>): object {
  return { apiVersion: "v1", kind: "Secret", metadata: { name, namespace }, stringData };
}
