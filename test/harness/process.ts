/** A real process of ours, as a pod runs it, for tests. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, connect as dial, type Server, type Socket } from "node:net";
import { freePort } from "../../local/ports.ts";

const root = new URL("../..", import.meta.url);

export interface TestProcess {
  readonly child: ChildProcess;
  readonly url: string;
  readonly operationsUrl: string;
  /** All that it wrote. */
  output(): string;
  readyz(): Promise<{ status: number; body: Record<string, unknown> }>;
  /** Resident memory in MB. */
  memory(): Promise<number>;
  /** Sends the signal and answers the exit code. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts `node <main>` with this environment alone, on ports of its own. */
export async function startProcess(
  main: string,
  environment: Readonly<Record<string, string>>,
): Promise<TestProcess> {
  const [http, operations] = [await freePort(), await freePort()];
  const ports = { PITBOSS_HTTP_PORT: `${http}`, PITBOSS_OPERATIONS_PORT: `${operations}` };
  const child = spawn(process.execPath, [main], {
    cwd: root,
    env: { ...environment, ...ports },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (it) => chunks.push(it));
  const exited = once(child, "exit");
  const operationsUrl = `http://127.0.0.1:${operations}`;
  return {
    child,
    url: `http://127.0.0.1:${http}`,
    operationsUrl,
    output: () => Buffer.concat(chunks).toString(),
    async readyz() {
      const response = await fetch(`${operationsUrl}/readyz`);
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
    async memory() {
      const status = await readFile(`/proc/${child.pid}/status`, "utf8");
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
    },
    async end(signal = "SIGTERM") {
      child.kill(signal);
      const [code] = await exited;
      return code;
    },
  };
}

/** A way to a server that can be cut and mended: what a failover looks like to its clients. */
export class Cable {
  readonly #host: string;
  readonly #port: number;
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;
  #own = 0;

  constructor(host: string, port: number) {
    this.#host = host;
    this.#port = port;
  }

  get port(): number {
    return this.#own;
  }

  async mend(): Promise<void> {
    const server = createServer((socket) => {
      const onward = dial(this.#port, this.#host);
      for (const end of [socket, onward]) {
        this.#sockets.add(end);
        end.on("close", () => this.#sockets.delete(end));
        // A cut cable breaks both ends; that is what the test wants.
        end.on("error", () => undefined);
      }
      socket.pipe(onward).pipe(socket);
    });
    if (this.#own === 0) this.#own = await freePort();
    server.listen(this.#own, "127.0.0.1");
    await once(server, "listening");
    this.#server = server;
  }

  cut(): void {
    this.#server?.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}
