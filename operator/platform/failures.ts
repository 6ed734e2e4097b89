import type { Failure, Problem } from "../database/types.ts";
import type { Finding } from "./finding.ts";
import type { PlatformReason } from "./reasons.ts";

const REASONS: Record<Problem, PlatformReason> = {
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

/** A failure of the database layer in the words of conditions. */
export function findingOf({ problem, message }: Failure): Finding {
  return { reason: REASONS[problem], message };
}
