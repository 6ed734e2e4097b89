import { type Client, type ClientOptions, status } from "@grpc/grpc-js";
import { isServiceError } from "./agent-error.ts";
import { errorInfo } from "./error-details.ts";
import { ChainServiceService } from "./generated/pitboss/chain/v1/chain.ts";
import { DepositServiceService } from "./generated/pitboss/chain/v1/deposit.ts";
import { EntropyServiceService } from "./generated/pitboss/chain/v1/entropy.ts";
import { WithdrawalServiceService } from "./generated/pitboss/chain/v1/withdrawal.ts";
import { type Definition, serviceName } from "./rpc.ts";

/** A channel can go bad without closing (grpc-node#3040): after so many failures in a row it is made anew. */
const failuresMax = 5;

// Reads, and writes that carry an id of the caller's: safe to send twice.
const retried = [
  ChainServiceService,
  EntropyServiceService,
  DepositServiceService,
  WithdrawalServiceService,
].map((definition) => ({ service: serviceName<Definition<typeof definition>>(definition) }));

/** Keepalive, all replicas in turn, and another try where nobody answered. */
export const channelOptions: ClientOptions = {
  "grpc.keepalive_time_ms": 30_000,
  "grpc.keepalive_timeout_ms": 5_000,
  "grpc.keepalive_permit_without_calls": 1,
  "grpc.service_config": JSON.stringify({
    loadBalancingConfig: [{ round_robin: {} }],
    methodConfig: [
      {
        name: retried,
        retryPolicy: {
          maxAttempts: 3,
          initialBackoff: "0.1s",
          maxBackoff: "1s",
          backoffMultiplier: 2,
          retryableStatusCodes: ["UNAVAILABLE"],
        },
      },
    ],
  }),
};

/** One channel, made anew after too many failures in a row. */
export class Channel {
  readonly #connect: () => Client;
  #client: Client;
  #failures = 0;

  constructor(connect: () => Client) {
    this.#connect = connect;
    this.#client = connect();
  }

  get client(): Client {
    return this.#client;
  }

  /** What came of a call: an error, or nothing where it was answered. */
  note(client: Client, error?: unknown): void {
    if (client !== this.#client) return;
    this.#failures = ofTheChannel(error) ? this.#failures + 1 : 0;
    if (this.#failures < failuresMax) return;
    this.#failures = 0;
    // What still runs on the old one ends by itself.
    client.close();
    this.#client = this.#connect();
  }

  close(): void {
    this.#client.close();
  }
}

/** Whether the failure speaks against the channel, not the request. */
function ofTheChannel(error: unknown): boolean {
  if (!isServiceError(error) || errorInfo(error.metadata) !== undefined) return false;
  return error.code === status.UNAVAILABLE || error.code === status.DEADLINE_EXCEEDED;
}
