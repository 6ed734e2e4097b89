import { type ServiceError, status } from "@grpc/grpc-js";
import { type ErrorInfo, errorInfo } from "./error-details.ts";

/** The agent's refusal, or a connection that failed. */
export class AgentError extends Error {
  override readonly name = "AgentError" as const;
  readonly code: status;
  /** Such as NOT_FINAL, of chain-agent/errors.ts; empty where the agent itself said nothing. */
  readonly reason: string;
  readonly info: ErrorInfo | undefined;

  constructor(error: ServiceError) {
    super(`${status[error.code]}: ${error.details}`, { cause: error });
    this.code = error.code;
    this.info = errorInfo(error.metadata);
    this.reason = this.info?.reason ?? "";
  }

  /** Worth another try, with patience. */
  get transient(): boolean {
    return transientCodes.has(this.code);
  }
}

const transientCodes: ReadonlySet<status> = new Set([
  status.UNAVAILABLE,
  status.DEADLINE_EXCEEDED,
  status.RESOURCE_EXHAUSTED,
  status.ABORTED,
  status.CANCELLED,
]);

export function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && "code" in error && "details" in error;
}
