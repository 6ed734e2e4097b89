import type { KubeConfig } from "@kubernetes/client-node";
import { Agent, type Dispatcher, ProxyAgent } from "undici";
import type { Clock } from "./clock.ts";
import { CredentialSource, type Credentials } from "./credentials.ts";

/** One HTTP request to the API server. */
export interface Exchange {
  method: "GET" | "PUT" | "PATCH" | "DELETE";
  path: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | undefined;
  signal?: AbortSignal | undefined;
  /** The longest silence before the answer's headers, and between two pieces of its body. */
  idleMs: number;
}

/** The answer; its body must be read to the end or destroyed. */
export type Answer = Pick<Dispatcher.ResponseData, "statusCode" | "headers" | "body">;

const KEEP_ALIVE_MS = 60_000;
// Half-open connections are found by the kernel too, before load balancers drop idle ones at 60 s.
const PROBE_MS = 30_000;
const CONNECT_MS = 10_000;

/**
 * The connections to the API server: one pool, kept alive. It is replaced when the CA or the
 * client certificate changes on disk; a token is only a header.
 */
export class Transport {
  readonly server: URL;
  readonly #config: KubeConfig;
  readonly #credentials: CredentialSource;
  readonly #retired = new Set<Dispatcher>();
  #pool: { key: string; dispatcher: Dispatcher } | undefined;

  constructor(config: KubeConfig, clock: Clock) {
    const cluster = config.getCurrentCluster();
    if (!cluster) throw new Error("the kubeconfig's current context names no cluster");
    this.server = new URL(cluster.server);
    this.#config = config;
    this.#credentials = new CredentialSource(config, clock);
  }

  /** Sends; with a 401 the credentials are read again for the next try. */
  async send(exchange: Exchange): Promise<Answer> {
    const sent = this.#send(exchange);
    return exchange.signal ? unlessAborted(sent, exchange.signal) : sent;
  }

  async #send({ method, path, headers, body, signal, idleMs }: Exchange): Promise<Answer> {
    const credentials = await this.#credentials.get();
    const answer = await this.#dispatcher(credentials).request({
      origin: this.server.origin,
      path: this.server.pathname.replace(/\/$/, "") + path,
      method,
      headers: { ...credentials.headers, ...headers },
      body: body ?? null,
      signal: signal ?? null,
      headersTimeout: idleMs,
      bodyTimeout: idleMs,
    });
    if (answer.statusCode === 401) this.#credentials.forget();
    return answer;
  }

  /** Cuts all connections. */
  async close(): Promise<void> {
    const pools = [...this.#retired, ...(this.#pool ? [this.#pool.dispatcher] : [])];
    this.#pool = undefined;
    await Promise.all(pools.map((pool) => pool.destroy()));
  }

  #dispatcher(credentials: Credentials): Dispatcher {
    if (this.#pool?.key !== credentials.tlsKey) {
      if (this.#pool) this.#retire(this.#pool.dispatcher);
      this.#pool = { key: credentials.tlsKey, dispatcher: this.#open(credentials) };
    }
    return this.#pool.dispatcher;
  }

  // Calls and watches in flight end on the old pool, in their own time.
  #retire(pool: Dispatcher): void {
    this.#retired.add(pool);
    // Closing fails only if the pool was destroyed meanwhile: gone either way.
    const gone = () => this.#retired.delete(pool);
    pool.close().then(gone, gone);
  }

  #open({ tls }: Credentials): Dispatcher {
    const connect = {
      ...tls,
      keepAlive: true,
      keepAliveInitialDelay: PROBE_MS,
      timeout: CONNECT_MS,
    };
    // HTTP/1.1: each watch has a socket of its own, so that dropping it also drops a dead socket.
    const options = { keepAliveTimeout: KEEP_ALIVE_MS, allowH2: false };
    const cluster = this.#config.getCurrentCluster();
    const proxy = cluster?.proxyUrl;
    if (!proxy) return new Agent({ ...options, connect });
    if (proxy.startsWith("socks")) {
      throw new Error(
        `proxy-url ${proxy} of cluster ${cluster.name}: SOCKS is not supported, use HTTP`,
      );
    }
    return new ProxyAgent({ ...options, uri: proxy, requestTls: tls, connect });
  }
}

// undici heeds a signal only once it is connected, and a TLS handshake with a server that is stopped
// takes as long as the connection may. It does not send what was aborted meanwhile.
async function unlessAborted<T>(sent: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort);
  try {
    return await Promise.race([sent, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
