import type { Failure, Problem } from "../database/types.ts";
import type { Finding } from "./observe.ts";
import type { Reason } from "./reasons.ts";

const REASONS: Record<Problem, Reason> = {
  SecretIncomplete: "PlatformDatabaseMissing",
  Unreachable: "DatabaseUnreachable",
  AuthenticationFailed: "DatabaseRefused",
  CertificateRefused: "DatabaseRefused",
  DatabaseMissing: "DatabaseRefused",
  RightsMissing: "DatabaseRefused",
  MigrationFailed: "MigrationFailed",
  MigrationLocked: "MigrationLocked",
  SchemaNewer: "SchemaNewer",
  NameTaken: "NameTaken",
  AdoptionRequired: "AdoptionRequired",
  ConnectionBudget: "ConnectionBudget",
  PlatformKeyMismatch: "PlatformKeyWrong",
};

/** A failure of the database layer in the words of a Game's conditions. */
export function findingOf({ problem, message }: Failure): Finding {
  return { reason: REASONS[problem], message };
}
