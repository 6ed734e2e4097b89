import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Registry } from "prom-client";

/** A named check: undefined is well, a text says what is wrong. */
export interface HealthCheck {
  name: string;
  check: () => string | undefined;
}

export interface HealthServerOptions {
  port: number;
  /** All addresses, unless set. */
  host?: string | undefined;
  registry: Registry;
}

/** /livez, /readyz and /metrics, on a port that players never reach. */
export class HealthServer {
  readonly #options: HealthServerOptions;
  readonly #checks: { live: HealthCheck[]; ready: HealthCheck[] } = { live: [], ready: [] };
  #server: Server | undefined;

  constructor(options: HealthServerOptions) {
    this.#options = options;
  }

  /** Failing it restarts the process: only for what a restart cures. */
  addLive(check: HealthCheck): void {
    this.#checks.live.push(check);
  }

  addReady(check: HealthCheck): void {
    this.#checks.ready.push(check);
  }

  /** Answers the port it listens on. */
  async start(): Promise<number> {
    const server = createServer((request, response) => void this.#answer(request, response));
    this.#server = server;
    const { port, host } = this.#options;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, host, resolve);
    });
    return (server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    server?.closeAllConnections();
    await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    if (path === "/metrics") return this.#metrics(response);
    const checks = { "/livez": this.#checks.live, "/readyz": this.#checks.ready }[path];
    if (!checks) return say(response, 404, "only /livez, /readyz and /metrics are here\n");
    const results = checks.map(({ name, check }) => ({ name, problem: problemOf(check) }));
    const lines = results.map(({ name, problem }) =>
      problem === undefined ? `[+]${name} ok\n` : `[-]${name} failed: ${problem}\n`,
    );
    const well = results.every(({ problem }) => problem === undefined);
    return say(response, well ? 200 : 500, `${lines.join("")}${well ? "ok" : "failed"}\n`);
  }

  async #metrics(response: ServerResponse): Promise<void> {
    const { registry } = this.#options;
    try {
      say(response, 200, await registry.metrics(), registry.contentType);
    } catch (error) {
      say(response, 500, `the metrics cannot be read: ${String(error)}\n`);
    }
  }
}

function problemOf(check: HealthCheck["check"]): string | undefined {
  try {
    return check();
  } catch (error) {
    return String(error);
  }
}

function say(
  response: ServerResponse,
  code: number,
  text: string,
  type = "text/plain; charset=utf-8",
): void {
  response.writeHead(code, { "content-type": type }).end(text);
}
