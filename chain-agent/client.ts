import {
  Client,
  type ClientOptions,
  credentials,
  Metadata,
  type ServiceError,
  status,
} from "@grpc/grpc-js";
import { type ErrorInfo, errorInfo } from "./error-details.ts";
import { ChainServiceService } from "./generated/pitboss/chain/v1/chain.ts";
import { DepositServiceService } from "./generated/pitboss/chain/v1/deposit.ts";
import { EntropyServiceService } from "./generated/pitboss/chain/v1/entropy.ts";
import { WithdrawalServiceService } from "./generated/pitboss/chain/v1/withdrawal.ts";
import {
  type Definition,
  type Method,
  type RequestOf,
  type ResponseOf,
  serviceName,
} from "./rpc.ts";

export interface AgentAddress {
  /** `host:port`; a headless Service's name gives every replica its share. */
  readonly address: string;
  /** PEM texts for mutual TLS; without `ca` the connection is in clear. */
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** The name in the server's certificate, where it is not the address's. */
  readonly serverName?: string | undefined;
}

export interface CallOptions {
  /** A unary call's time; a stream has none. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** The calls of a service: a unary one is a promise, a stream an async iterable that throws AgentError. */
export type Calls<D> = {
  readonly [M in keyof D]: D[M] extends { readonly responseStream: true }
    ? (request: RequestOf<D[M]>, options?: CallOptions) => AsyncIterable<ResponseOf<D[M]>>
    : (request: RequestOf<D[M]>, options?: CallOptions) => Promise<ResponseOf<D[M]>>;
};

export interface Agent {
  readonly chain: Calls<typeof ChainServiceService>;
  readonly entropy: Calls<typeof EntropyServiceService>;
  readonly deposits: Calls<typeof DepositServiceService>;
  readonly withdrawals: Calls<typeof WithdrawalServiceService>;
  close(): void;
}

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
const deadlineMs = 10_000;
/** A channel can go bad without closing (grpc-node#3040): after so many failures in a row it is made anew. */
const failuresMax = 5;

// Reads, and writes that carry an id of the caller's: safe to send twice.
const retried = [
  ChainServiceService,
  EntropyServiceService,
  DepositServiceService,
  WithdrawalServiceService,
].map((definition) => ({ service: serviceName<Definition<typeof definition>>(definition) }));

const options: ClientOptions = {
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
class Channel {
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

  note(client: Client, failed: boolean): void {
    if (client !== this.#client) return;
    this.#failures = failed ? this.#failures + 1 : 0;
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

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && "code" in error && "details" in error;
}

/** Whether the failure speaks against the channel, not the request. */
function ofTheChannel(error: unknown): boolean {
  if (!isServiceError(error) || errorInfo(error.metadata) !== undefined) return false;
  return error.code === status.UNAVAILABLE || error.code === status.DEADLINE_EXCEEDED;
}

async function unary(
  channel: Channel,
  method: Method,
  request: unknown,
  more: CallOptions,
): Promise<unknown> {
  const { client } = channel;
  const deadline = Date.now() + (more.deadlineMs ?? deadlineMs);
  more.signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const call = client.makeUnaryRequest(
      method.path,
      method.requestSerialize as (value: unknown) => Buffer,
      method.responseDeserialize,
      request,
      new Metadata(),
      { deadline },
      (error, answer) => {
        more.signal?.removeEventListener("abort", cancel);
        channel.note(client, ofTheChannel(error));
        if (error === null) resolve(answer);
        else reject(new AgentError(error));
      },
    );
    const cancel = () => call.cancel();
    more.signal?.addEventListener("abort", cancel);
  });
}

async function* stream(
  channel: Channel,
  method: Method,
  request: unknown,
  { signal }: CallOptions,
): AsyncGenerator<unknown> {
  const { client } = channel;
  const call = client.makeServerStreamRequest(
    method.path,
    method.requestSerialize as (value: unknown) => Buffer,
    method.responseDeserialize,
    request,
    new Metadata(),
  );
  const cancel = () => call.cancel();
  signal?.addEventListener("abort", cancel);
  if (signal?.aborted) cancel();
  try {
    for await (const message of call) {
      channel.note(client, false);
      yield message;
    }
  } catch (error) {
    channel.note(client, ofTheChannel(error));
    throw isServiceError(error) ? new AgentError(error) : error;
  } finally {
    signal?.removeEventListener("abort", cancel);
    call.cancel();
  }
}

function calls<D extends Definition<D>>(channel: Channel, definition: D): Calls<D> {
  const pairs = Object.entries<Method>(definition).map(([name, method]) => {
    const start = method.responseStream ? stream : unary;
    return [
      name,
      (request: unknown, more: CallOptions = {}) => start(channel, method, request, more),
    ];
  });
  return Object.fromEntries(pairs);
}

/** A client of a chain's agents. It connects when it is first used, and again whenever that breaks. */
export function connectAgent({ address, ca, cert, key, serverName }: AgentAddress): Agent {
  const pem = (text: string | undefined) => (text === undefined ? null : Buffer.from(text));
  const trust =
    ca === undefined
      ? credentials.createInsecure()
      : credentials.createSsl(Buffer.from(ca), pem(key), pem(cert));
  const name = serverName === undefined ? {} : { "grpc.ssl_target_name_override": serverName };
  const channel = new Channel(() => new Client(address, trust, { ...options, ...name }));
  return {
    chain: calls(channel, ChainServiceService),
    entropy: calls(channel, EntropyServiceService),
    deposits: calls(channel, DepositServiceService),
    withdrawals: calls(channel, WithdrawalServiceService),
    close: () => channel.close(),
  };
}
