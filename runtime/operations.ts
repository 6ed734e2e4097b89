import { createServer, type Server, type ServerResponse } from "node:http";
import type { Registry } from "prom-client";

export interface Readiness {
  readonly ready: boolean;
  /** Why not, for people; what this process serves, for the operator. */
  readonly [field: string]: unknown;
}

/** What the operations port answers. */
export interface Operations {
  readonly registry: Registry;
  readiness(): Readiness;
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { "Content-Type": type, "Cache-Control": "no-store" });
  response.end(body);
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  send(response, status, "application/json", `${JSON.stringify(body)}\n`);
}

type Handler = (operations: Operations, response: ServerResponse) => void | Promise<void>;

const handlers = new Map<string, Handler>([
  // The event loop turns, or this would not be answered: a database away is no reason for a restart.
  ["/livez", (_, response) => sendJson(response, 200, { live: true })],
  [
    "/readyz",
    (operations, response) => {
      const readiness = operations.readiness();
      sendJson(response, readiness.ready ? 200 : 503, readiness);
    },
  ],
  [
    "/metrics",
    async ({ registry }, response) => {
      send(response, 200, registry.contentType, await registry.metrics());
    },
  ],
]);

/** The server of /livez, /readyz and /metrics, for a port of its own. */
export function operationsServer(operations: Operations): Server {
  return createServer((request, response) => {
    const path = request.url?.split("?", 1)[0] ?? "";
    const handler = handlers.get(path);
    if (handler === undefined) return sendJson(response, 404, { paths: [...handlers.keys()] });
    Promise.resolve(handler(operations, response)).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
}
