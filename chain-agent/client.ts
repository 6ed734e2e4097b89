import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { AgentError, isServiceError } from "./agent-error.ts";
import { Channel, channelOptions } from "./channel.ts";
import { ChainServiceService } from "./generated/pitboss/chain/v1/chain.ts";
import { DepositServiceService } from "./generated/pitboss/chain/v1/deposit.ts";
import { EntropyServiceService } from "./generated/pitboss/chain/v1/entropy.ts";
import { WithdrawalServiceService } from "./generated/pitboss/chain/v1/withdrawal.ts";
import type { Definition, Method, RequestOf, ResponseOf } from "./rpc.ts";

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

const deadlineMs = 10_000;
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
        channel.note(client, error);
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
      channel.note(client);
      yield message;
    }
  } catch (error) {
    channel.note(client, error);
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
  const channel = new Channel(() => new Client(address, trust, { ...channelOptions, ...name }));
  return {
    chain: calls(channel, ChainServiceService),
    entropy: calls(channel, EntropyServiceService),
    deposits: calls(channel, DepositServiceService),
    withdrawals: calls(channel, WithdrawalServiceService),
    close: () => channel.close(),
  };
}
