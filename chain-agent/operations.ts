import { createServer, type Server, type ServerResponse } from "node:http";
import type { Registry } from "prom-client";

/** What the operations port answers. */
export interface Operations {
  readonly registry: Registry;
  /** Why calls should not come here now, or undefined. */
  unready(): string | undefined;
  /** A ChainStatus: for the operator, who has no gRPC. */
  status(): object;
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { "Content-Type": type, "Cache-Control": "no-store" });
  response.end(body);
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  // Heights are text, as in the JSON form of the contract.
  const text = JSON.stringify(body, (_, value) =>
    typeof value === "bigint" ? String(value) : value,
  );
  send(response, status, "application/json", `${text}\n`);
}

type Handler = (operations: Operations, response: ServerResponse) => void | Promise<void>;

const handlers = new Map<string, Handler>([
  // The event loop turns, or this would not be answered. A restart mends neither the chain nor the database.
  ["/livez", (_, response) => sendJson(response, 200, { live: true })],
  [
    "/readyz",
    (operations, response) => {
      const reason = operations.unready();
      if (reason === undefined) sendJson(response, 200, { ready: true });
      else sendJson(response, 503, { ready: false, reason });
    },
  ],
  ["/status", ({ status }, response) => sendJson(response, 200, status())],
  [
    "/metrics",
    async ({ registry }, response) => {
      send(response, 200, registry.contentType, await registry.metrics());
    },
  ],
]);

/** The server of /livez, /readyz, /status and /metrics, for a port of its own, in clear: probes need no certificate. */
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
