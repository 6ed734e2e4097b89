import { status } from "@grpc/grpc-js";

/** Every refusal of the agent: its gRPC code, and what it means. docs/chain-agent.md has the table. */
export const refusals = {
  BAD_REQUEST: [status.INVALID_ARGUMENT, "A field is missing or out of its bounds."],
  BAD_CURSOR: [status.INVALID_ARGUMENT, "The cursor is none of this stream."],
  BAD_ADDRESS: [status.INVALID_ARGUMENT, "The address is none of this network."],
  BAD_ASSET: [status.INVALID_ARGUMENT, "The asset is none of this chain."],
  UNKNOWN_CHAIN: [status.NOT_FOUND, "The agent serves another chain."],
  UNKNOWN_BLOCK: [status.NOT_FOUND, "No such block on the canonical chain up to the served head."],
  UNKNOWN_COMMITMENT: [status.NOT_FOUND, "Nothing was committed under this id."],
  UNKNOWN_DEPOSIT: [status.NOT_FOUND, "No such deposit."],
  UNKNOWN_WITHDRAWAL: [status.NOT_FOUND, "No such withdrawal."],
  UNKNOWN_SERVICE: [status.NOT_FOUND, "The agent has no such service."],
  OTHER_BODY: [status.ALREADY_EXISTS, "The id was used with another body."],
  NOT_ALLOWED: [status.PERMISSION_DENIED, "The certificate is none of a cashier's."],
  NOT_FINAL: [status.FAILED_PRECONDITION, "The block is not final yet, or too few nodes say so."],
  NOT_POSSIBLE: [status.FAILED_PRECONDITION, "The state of the withdrawal does not allow it."],
  NO_SIGNER: [status.FAILED_PRECONDITION, "The agent has no key: it makes no withdrawals."],
  CURSOR_TOO_OLD: [status.OUT_OF_RANGE, "The cursor or height is below what the agent keeps."],
  LEASE_LOST: [status.ABORTED, "Another replica took over: try again."],
  SLOW_READER: [status.RESOURCE_EXHAUSTED, "The stream was not read: go on with the cursor."],
  TOO_MANY_STREAMS: [status.RESOURCE_EXHAUSTED, "Too many streams: try another replica."],
  NO_QUORUM: [status.UNAVAILABLE, "Too few nodes answer and agree, or they still sync."],
  NODE_AWAY: [status.UNAVAILABLE, "The node that was asked does not answer."],
  DATABASE_AWAY: [status.UNAVAILABLE, "The database is away."],
  DRAINING: [status.UNAVAILABLE, "The agent shuts down: try another replica."],
  DEADLINE: [
    status.DEADLINE_EXCEEDED,
    "The call took longer than its deadline or the agent's own.",
  ],
  FINALITY_VIOLATION: [status.DATA_LOSS, "What was final is not: a person must look."],
  INTERNAL: [status.INTERNAL, "A fault of the agent; its log says more."],
} as const satisfies Record<string, readonly [status, string]>;

export type Reason = keyof typeof refusals;

/** The domain of every ErrorInfo. */
export const domain = "pitboss.dev";

/** An expected failure: becomes its status with a google.rpc.ErrorInfo. */
export class Refusal extends Error {
  override readonly name = "Refusal" as const;
  readonly reason: Reason;
  readonly metadata: Readonly<Record<string, string>>;

  constructor(
    reason: Reason,
    message: string = refusals[reason][1],
    metadata: Readonly<Record<string, string>> = {},
    options: ErrorOptions = {},
  ) {
    super(message, options);
    this.reason = reason;
    this.metadata = metadata;
  }

  get code(): status {
    return refusals[this.reason][0];
  }
}
