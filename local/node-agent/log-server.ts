import { X509Certificate } from "node:crypto";
import { createReadStream, type FSWatcher, watch } from "node:fs";
import { open, stat } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import type { TLSSocket } from "node:tls";

/** Where the log of a container is; undefined where the node has no such container. */
export type FindLog = (namespace: string, pod: string, container: string) => string | undefined;

export interface LogServer {
  port: number;
  stop(): Promise<void>;
}

/**
 * The endpoint that the API server asks for `kubectl logs` and for metrics, on 127.0.0.1. The API server
 * proves itself by the certificate that both share; it is self-signed, so it is compared, not chained.
 */
export async function startLogServer(
  certificate: { key: string; cert: string },
  find: FindLog,
  metrics: (url: URL) => unknown = () => undefined,
): Promise<LogServer> {
  const allowed = new X509Certificate(certificate.cert).fingerprint256;
  const options = { ...certificate, requestCert: true, rejectUnauthorized: false };
  const server = createServer(options, (request, response) => {
    const caller = (request.socket as TLSSocket).getPeerCertificate().fingerprint256;
    if (caller !== allowed) {
      response.writeHead(401).end("only the API server may ask here\n");
      return;
    }
    const url = new URL(request.url ?? "/", "https://node");
    if (url.pathname.startsWith("/apis/")) {
      answerJson(response, metrics(url));
      return;
    }
    serve(url, response, find).catch((error: Error) => {
      // The reader went away, or the file did: there is nobody to tell, or no way to.
      if (response.headersSent) response.destroy(error);
      else response.writeHead(500).end(error.message);
    });
  });
  const port = await listen(server);
  return {
    port,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return (server.address() as AddressInfo).port;
}

function answerJson(response: ServerResponse, body: unknown): void {
  const missing = {
    kind: "Status",
    apiVersion: "v1",
    status: "Failure",
    reason: "NotFound",
    code: 404,
  };
  response.writeHead(body === undefined ? 404 : 200, { "content-type": "application/json" });
  response.end(JSON.stringify(body ?? missing));
}

async function serve(url: URL, response: ServerResponse, find: FindLog) {
  const [, kind, namespace = "", pod = "", container = ""] = url.pathname.split("/");
  const file = kind === "containerLogs" ? find(namespace, pod, container) : undefined;
  if (!file) {
    response.writeHead(404).end(`no container ${container} of pod ${namespace}/${pod} here\n`);
    return;
  }
  const tail = Number(url.searchParams.get("tailLines") ?? -1);
  const start = tail >= 0 ? await startOfTail(file, tail) : 0;
  const { size } = await stat(file);
  response.writeHead(200, { "content-type": "text/plain" });
  response.flushHeaders();
  if (size > start) {
    await pipeline(createReadStream(file, { start, end: size - 1 }), response, { end: false });
  }
  if (url.searchParams.get("follow") === "true") follow(file, size, response);
  else response.end();
}

/** The offset of the last `lines` lines. */
async function startOfTail(file: string, lines: number): Promise<number> {
  const handle = await open(file);
  try {
    const content = await handle.readFile();
    let offset = content.length;
    for (let left = lines; left > 0 && offset > 0; left--) {
      offset = content.lastIndexOf("\n", offset - 2) + 1;
      if (offset === 0) return 0;
    }
    return offset;
  } finally {
    await handle.close();
  }
}

function follow(file: string, from: number, response: ServerResponse): void {
  let sent = from;
  let busy = Promise.resolve();
  const more = async () => {
    const { size } = await stat(file);
    if (size <= sent) return;
    const start = sent;
    sent = size;
    await pipeline(createReadStream(file, { start, end: size - 1 }), response, { end: false });
  };
  const watcher: FSWatcher = watch(file, () => {
    busy = busy.then(more).catch((error: Error) => {
      response.destroy(error);
    });
  });
  response.on("close", () => watcher.close());
}
