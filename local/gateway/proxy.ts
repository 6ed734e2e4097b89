import {
  Agent,
  type ClientRequest,
  type IncomingMessage,
  request,
  type ServerResponse,
} from "node:http";
import { pipeline } from "node:stream";
import { problemOf } from "../../runtime/problem.ts";
import type { Endpoint } from "./routing.ts";

/** Headers that speak of one connection and are not handed on (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

const agent = new Agent({ keepAlive: true, maxSockets: 512 });

/** Says a refusal of the gateway's own, in the words of the services behind it. */
export function refuse(
  response: ServerResponse,
  refused: "not_found" | "unavailable",
  detail: string,
) {
  const { status, headers, body } = problemOf({ refused, detail });
  response.writeHead(status, { ...headers, "Content-Type": "application/problem+json" });
  response.end(JSON.stringify(body));
}

/**
 * Hands a request on to the first of the endpoints that takes it, and the answer back as it streams in.
 * Another one is tried only where nothing can have been done: the connection was refused, or a
 * kept-alive one was closed under a request that is safe to repeat.
 */
export function forward(
  incoming: IncomingMessage,
  response: ServerResponse,
  endpoints: readonly Endpoint[],
): void {
  if (!isRepeatable(incoming)) {
    attempt(incoming, response, endpoints, (upstream) => incoming.pipe(upstream));
    return;
  }
  // The body is kept so that a repeat can send it again; the services refuse more than 100 kB anyway.
  const chunks: Buffer[] = [];
  incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
  incoming.on("end", () => {
    const body = Buffer.concat(chunks);
    attempt(incoming, response, endpoints, (upstream) => upstream.end(body));
  });
}

function isRepeatable({ method, headers }: IncomingMessage): boolean {
  return method === "GET" || method === "HEAD" || headers["idempotency-key"] !== undefined;
}

function attempt(
  incoming: IncomingMessage,
  response: ServerResponse,
  endpoints: readonly Endpoint[],
  send: (upstream: ClientRequest) => void,
): void {
  const [endpoint, ...others] = endpoints;
  if (endpoint === undefined) {
    refuse(response, "unavailable", "no pod of the game is ready");
    return;
  }
  const upstream = request({
    agent,
    ...endpoint,
    method: incoming.method,
    path: incoming.url,
    headers: { ...endToEnd(incoming.headers), "x-forwarded-for": incoming.socket.remoteAddress },
  });
  upstream.on("response", (answer) => {
    response.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers));
    // A broken stream has destroyed both ends: the client sees that the answer is not whole.
    pipeline(answer, response, () => {});
  });
  upstream.on("error", (error: NodeJS.ErrnoException) => {
    const unheard = error.code === "ECONNREFUSED";
    const stale = upstream.reusedSocket && isRepeatable(incoming);
    if (response.headersSent) response.destroy();
    else if (stale) attempt(incoming, response, endpoints, send);
    else if (unheard) attempt(incoming, response, others, send);
    else refuse(response, "unavailable", "the game did not answer; retry with the same key");
  });
  response.on("close", () => upstream.destroy());
  send(upstream);
}

function endToEnd(headers: IncomingMessage["headers"]): IncomingMessage["headers"] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));
}
