import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { KubeConfig } from "@kubernetes/client-node";
import { collectionPath, type Kind, type KubeObject } from "../object.ts";

/** One request as the server saw it. */
export interface Seen {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage["headers"];
  body: string;
  at: number;
}

/** What a request is: a watch and a list differ only in their query. */
export type Verb = "list" | "watch" | "get" | "write";

type Answer = (response: ServerResponse, seen: Seen) => void;

interface Watcher {
  path: string;
  response: ServerResponse;
}

/**
 * An API server that lies on demand: it keeps objects, lists them in pages and tells watches of
 * changes; a test scripts what goes wrong. It knows nothing of schemas, defaults or apply.
 */
export class FakeApiServer {
  readonly seen: Seen[] = [];
  /** Of the next list pages; the client asks for 500. */
  pageSize = 500;
  /** Changes are not told to watches while this is set. */
  mute = false;
  connections = 0;
  version = 100;
  readonly #objects = new Map<string, KubeObject>();
  readonly #history: { path: string; version: number; line: string }[] = [];
  readonly #script: { verb: Verb; answer: Answer }[] = [];
  readonly #watchers = new Set<Watcher>();
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;

  async start(): Promise<void> {
    const server = createServer((request, response) => void this.#serve(request, response));
    server.on("connection", (socket) => {
      this.connections++;
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(this.#port, "127.0.0.1", resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Also cuts every connection, as a crash does. The same port is used again by `start`. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
    this.#watchers.clear();
    await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  config(): KubeConfig {
    const config = new KubeConfig();
    config.loadFromClusterAndUser(
      { name: "fake", server: this.url, skipTLSVerify: true },
      { name: "fake", token: "token" },
    );
    return config;
  }

  /** The next request of that verb is answered so. */
  next(verb: Verb, ...answers: Answer[]): void {
    this.#script.push(...answers.map((answer) => ({ verb, answer })));
  }

  /** Requests of that verb so far. */
  asked(verb: Verb): Seen[] {
    return this.seen.filter((one) => verbOf(one) === verb);
  }

  get watching(): number {
    return this.#watchers.size;
  }

  /** Makes or changes an object; a new UID makes it another object. */
  put(kind: Kind, object: KubeObject): KubeObject {
    const path = pathOf(kind, object);
    const old = this.#objects.get(path);
    const resourceVersion = String(++this.version);
    const { name } = object.metadata;
    const uid = object.metadata.uid ?? old?.metadata.uid ?? `uid-${name}-${resourceVersion}`;
    const stored = { ...object, metadata: { ...object.metadata, uid, resourceVersion } };
    this.#objects.set(path, stored);
    this.#tell(path, old ? "MODIFIED" : "ADDED", stored);
    return stored;
  }

  remove(kind: Kind, object: KubeObject): void {
    const path = pathOf(kind, object);
    const old = this.#objects.get(path);
    if (!old) return;
    this.#objects.delete(path);
    const resourceVersion = String(++this.version);
    this.#tell(path, "DELETED", { ...old, metadata: { ...old.metadata, resourceVersion } });
  }

  /** Sends this text on every open watch. */
  say(text: string | Buffer): void {
    for (const { response } of this.#watchers) response.write(text);
  }

  /** Sets the history back, as a restored etcd does. */
  rewind(version: number): void {
    this.version = version;
    this.#history.splice(0);
  }

  bookmark(): void {
    const metadata = { resourceVersion: String(this.version) };
    this.say(`${JSON.stringify({ type: "BOOKMARK", object: { metadata } })}\n`);
  }

  /** Ends every open watch, cleanly. */
  endWatches(): void {
    for (const { response } of this.#watchers) response.end();
    this.#watchers.clear();
  }

  #tell(path: string, type: string, object: KubeObject): void {
    const line = `${JSON.stringify({ type, object })}\n`;
    if (this.mute) return;
    this.#history.push({ path, version: this.version, line });
    for (const watcher of this.#watchers) {
      if (within(path, watcher.path)) watcher.response.write(line);
    }
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.url);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const seen: Seen = {
      method: request.method ?? "",
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
      at: performance.now(),
    };
    this.seen.push(seen);
    const verb = verbOf(seen);
    const scripted = this.#script.findIndex((one) => one.verb === verb);
    const [step] = scripted < 0 ? [] : this.#script.splice(scripted, 1);
    const answer = step?.answer ?? this[verb].bind(this);
    answer(response, seen);
  }

  /** The honest answers, for scripts to fall back on. */
  readonly list: Answer = (response, { path, query }) => {
    const all = [...this.#objects].filter(([key]) => within(key, path)).map(([, object]) => object);
    const [from = 0, version = this.version] = (query.get("continue") ?? "").split("@").map(Number);
    const start = query.has("continue") ? from : 0;
    const end = start + this.pageSize;
    const more = end < all.length;
    const at = query.has("continue") ? version : this.version;
    send(response, 200, {
      kind: "List",
      metadata: { resourceVersion: String(at), ...(more ? { continue: `${end}@${at}` } : {}) },
      items: all.slice(start, end).map(({ metadata, ...object }) => ({ ...object, metadata })),
    });
  };

  readonly watch: Answer = (response, { path, query }) => {
    const from = Number(query.get("resourceVersion"));
    response.writeHead(200, { "content-type": "application/json" });
    response.flushHeaders();
    for (const { path: key, version, line } of this.#history) {
      if (version > from && within(key, path)) response.write(line);
    }
    const watcher = { path, response };
    this.#watchers.add(watcher);
    response.on("close", () => this.#watchers.delete(watcher));
  };

  readonly get: Answer = (response, { path }) => {
    const object = this.#objects.get(path);
    if (object) return send(response, 200, object);
    return send(response, 404, failureStatus(404, "NotFound", path.split("/").at(-1)));
  };

  readonly write: Answer = (response, { path, body }) => {
    const old = this.#objects.get(path) ?? {};
    const resourceVersion = String(++this.version);
    const given = JSON.parse(body || "{}");
    const metadata = { uid: "uid-written", ...given.metadata, resourceVersion };
    send(response, 200, { ...old, ...given, metadata });
  };
}

function verbOf({ method, query }: Seen): Verb {
  if (method !== "GET") return "write";
  if (query.get("watch") === "true") return "watch";
  return query.has("limit") ? "list" : "get";
}

function pathOf(kind: Kind, { metadata }: KubeObject): string {
  return `${collectionPath(kind, metadata.namespace)}/${metadata.name}`;
}

// An all-namespaces path holds what its namespaces' paths hold.
function within(key: string, path: string): boolean {
  const plural = path.split("/").at(-1);
  const root = path.slice(0, -(plural?.length ?? 0));
  return (
    key.startsWith(`${path}/`) ||
    (key.startsWith(`${root}namespaces/`) && key.split("/").at(-2) === plural)
  );
}

/** Answers JSON. */
export function send(
  response: ServerResponse,
  code: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(code, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

/** A Status of the API. */
export function failureStatus(code: number, reason: string, name?: string): object {
  const message = `scripted ${reason}`;
  return {
    kind: "Status",
    status: "Failure",
    code,
    reason,
    message,
    details: name ? { name } : {},
  };
}

/** An answer that refuses with that status. */
export function refuse(
  code: number,
  reason = "Scripted",
  headers: Record<string, string> = {},
): Answer {
  return (response) => send(response, code, failureStatus(code, reason, "scripted"), headers);
}

/** An answer that never comes. */
export const hang: Answer = () => {};

/** An answer that cuts the connection. */
export const cut: Answer = (response) => response.socket?.destroy();

/** A watch that says these lines and then is cut, ended or left open. */
export function stream(text: string, end: "end" | "cut" | "open" = "end"): Answer {
  return (response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.write(text, () => {
      if (end === "end") response.end();
      if (end === "cut") setTimeout(() => response.socket?.destroy(), 20);
    });
  };
}
