import { access } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import {
  type ServerOptions as ChannelOptions,
  experimental,
  Server,
  ServerCredentials,
  type UntypedHandleCall,
} from "@grpc/grpc-js";
import type { CallContext, Caller, CallLimits, OpenCall } from "./call-context.ts";
import { Refusal } from "./errors.ts";
import { EndReason } from "./generated/pitboss/chain/v1/block.ts";
import { healthService } from "./health.ts";
import type { CallMetrics } from "./metrics.ts";
import { reflection } from "./reflection.ts";
import { Encoded, type Service } from "./service.ts";
import { streamHandler } from "./stream-call.ts";
import { endOverdue, unaryHandler } from "./unary-call.ts";

export interface ServerOptions {
  readonly host?: string;
  readonly port: number;
  /** Folder of tls.crt, tls.key and ca.crt; empty for a connection in clear. */
  readonly tlsDir: string;
  readonly metrics: CallMetrics;
  readonly limits: CallLimits;
  onFault(method: string, error: unknown): void;
}

/** How late the agent's own cap of a call may be. */
const sweepMs = 500;
const certificateRefreshMs = 10_000;
/** After its age a connection finishes what it does for so long. */
const ageGraceMs = 60_000;
const requestBytesMax = 1024 * 1024;

function channelOptions({ streamAgeMs }: CallLimits): ChannelOptions {
  return {
    "grpc.keepalive_time_ms": 30_000,
    "grpc.keepalive_timeout_ms": 5_000,
    "grpc.max_connection_age_ms": streamAgeMs,
    "grpc.max_connection_age_grace_ms": ageGraceMs,
    "grpc.max_receive_message_length": requestBytesMax,
  };
}

interface Trust {
  readonly credentials: ServerCredentials;
  /** Its certificates are there: no caller is turned away for want of them. */
  readonly loaded: Promise<void>;
}

/** With a folder: both sides show certificates, and renewed files are taken up. */
async function trustOf(tlsDir: string): Promise<Trust> {
  if (tlsDir === "") {
    return { credentials: ServerCredentials.createInsecure(), loaded: Promise.resolve() };
  }
  const files = {
    certificateFile: join(tlsDir, "tls.crt"),
    privateKeyFile: join(tlsDir, "tls.key"),
    caCertificateFile: join(tlsDir, "ca.crt"),
  };
  // The watcher only waits for files that are missing; nobody would learn why.
  await Promise.all(Object.values(files).map((file) => access(file)));
  const refreshIntervalMs = certificateRefreshMs;
  const provider = new experimental.FileWatcherCertificateProvider({ ...files, refreshIntervalMs });
  const loaded = new Promise<void>((resolve) => {
    const listener = () => {
      provider.removeIdentityCertificateListener(listener);
      resolve();
    };
    provider.addIdentityCertificateListener(listener);
  });
  const credentials = experimental.createCertificateProviderServerCredentials(
    ...([provider, provider, true] as const),
  );
  return { credentials, loaded };
}

/** A service that is for some callers looks for their name in their certificate; without one nobody is let in. */
function refusalOf({ callers }: Service, call: Caller): Refusal | undefined {
  if (callers === undefined) return undefined;
  const name = call.getAuthContext().sslPeerCertificate?.subject.CN;
  return typeof name === "string" && callers.has(name) ? undefined : new Refusal("NOT_ALLOWED");
}

/** The gRPC server of an agent: a list of services, health and reflection. */
export class AgentServer {
  readonly #options: ServerOptions;
  readonly #server: Server;
  readonly #streams = new Set<AbortController>();
  readonly #unary = new Set<OpenCall>();
  readonly #sweep: NodeJS.Timeout;
  #draining = false;

  constructor(services: readonly Service[], options: ServerOptions) {
    this.#options = options;
    this.#server = new Server(channelOptions(options.limits));
    const { limits, metrics } = options;
    const sweep = () => endOverdue(this.#unary, limits.unaryMs);
    this.#sweep = setInterval(sweep, Math.min(sweepMs, limits.unaryMs / 4)).unref();
    const context = {
      ...{ limits, metrics, streams: this.#streams, unary: this.#unary },
      draining: () => this.#draining,
      onFault: (method: string, error: unknown) => options.onFault(method, error),
    };
    for (const one of [...services, healthService(services, () => this.#draining)]) {
      this.#add(one, { ...context, refusal: (call) => refusalOf(one, call) });
    }
    reflection().addToServer(this.#server);
  }

  get draining(): boolean {
    return this.#draining;
  }

  get openStreams(): number {
    return this.#streams.size;
  }

  /** Listens; gives the port. */
  async start(): Promise<number> {
    const { host = "0.0.0.0", port, tlsDir } = this.#options;
    const { credentials, loaded } = await trustOf(tlsDir);
    const bound = await new Promise<number>((resolve, reject) => {
      this.#server.bindAsync(`${host}:${port}`, credentials, (error, own) => {
        if (error === null) resolve(own);
        else reject(error);
      });
    });
    await loaded;
    return bound;
  }

  /**
   * NOT_SERVING at once, so that nobody is sent here any more; after `drainMs` every stream ends with its last message, and
   * what is in flight is finished. What is not by `graceMs` is cut off.
   */
  async stop({ drainMs, graceMs }: { drainMs: number; graceMs: number }): Promise<void> {
    const until = performance.now() + graceMs;
    this.#draining = true;
    await delay(Math.min(drainMs, graceMs));
    for (const stream of this.#streams) stream.abort(EndReason.END_REASON_DRAINING);
    const ended = new AbortController();
    const finished = new Promise<void>((resolve) => this.#server.tryShutdown(() => resolve()));
    const patience = delay(Math.max(0, until - performance.now()), undefined, {
      signal: ended.signal,
    }).catch(() => undefined);
    await Promise.race([finished, patience]);
    ended.abort();
    clearInterval(this.#sweep);
    this.#server.forceShutdown();
  }

  #add({ name, methods }: Service, context: CallContext): void {
    const definitions: Record<string, object> = {};
    const handlers: Record<string, UntypedHandleCall> = {};
    for (const { name: method, method: definition, handle } of methods) {
      const full = `${name}/${method}`;
      definitions[method] = {
        ...definition,
        responseSerialize: (value: unknown) =>
          value instanceof Encoded ? value.bytes : definition.responseSerialize(value as never),
      };
      handlers[method] = definition.responseStream
        ? streamHandler(full, handle as never, context)
        : unaryHandler(full, handle as never, context);
    }
    this.#server.addService(definitions as never, handlers);
  }
}
