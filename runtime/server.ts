import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { Server as NetServer } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { problemOf } from "./problem.ts";

/** Longer than gateways keep idle connections, so that it is they who close them. */
const KEEP_ALIVE_MS = 75_000;
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
/** How long a draining server answers on connections that are kept alive before it closes them. */
const LINGER_MS = 1_000;
const POLL_MS = 50;

/** What came where it is no request that is read at all, by the code of Node's parser. */
const garbage: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "the address and the headers are longer than 16 kB together",
  HPE_INVALID_METHOD: "the method is none of HTTP",
  ERR_HTTP_REQUEST_TIMEOUT: "the request did not come to its end in time",
};

/** What is not even HTTP is refused in the same form as the rest. */
export function refuseGarbage(error: Error & { code?: string }, socket: Duplex): void {
  if (error.code === "ECONNRESET" || !socket.writable) return;
  const detail = garbage[error.code ?? ""] ?? "this is not a request in HTTP/1.1";
  const { body } = problemOf({ refused: "malformed", detail });
  const text = JSON.stringify(body);
  const head = [
    "HTTP/1.1 400 Bad Request",
    "Content-Type: application/problem+json",
    `Content-Length: ${Buffer.byteLength(text)}`,
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${text}`);
}

/** An HTTP server with limits on how long a client may take. */
export function playersServer(listener: RequestListener): Server {
  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_MS, headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS },
    listener,
  );
  server.on("clientError", refuseGarbage);
  return server;
}

/** Listens on every interface; answers once it does. */
export async function listen(server: Server, port: number): Promise<void> {
  server.listen(port);
  await once(server, "listening");
}

function connections(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
}

/**
 * Takes no new connections and lets every request end that has come or still comes on an open
 * connection. True if all ended in time; what did not is cut off.
 *
 * http.Server.close() would close idle connections at once, just when a client may be sending on
 * one; net.Server.close() only stops listening. The app says `Connection: close` meanwhile, so the
 * busy ones go by themselves, and the idle ones are closed after a moment.
 */
export async function drain(server: Server, graceMs: number): Promise<boolean> {
  const begun = performance.now();
  NetServer.prototype.close.call(server);
  for (;;) {
    const waited = performance.now() - begun;
    if ((await connections(server)) === 0) return true;
    if (waited >= graceMs) break;
    if (waited >= LINGER_MS) server.closeIdleConnections();
    await sleep(POLL_MS);
  }
  server.closeAllConnections();
  return false;
}
