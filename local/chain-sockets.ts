import { createHash } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { Registry } from "prom-client";
import { Client } from "../operator/kube/client.ts";
import { Informer } from "../operator/kube/informer.ts";
import type { Logger } from "../operator/kube/logger.ts";
import { Metrics } from "../operator/kube/metrics.ts";
import type { Kind, KubeObject } from "../operator/kube/object.ts";
import type { ApiAccess } from "./api-access.ts";
import {
  ENDPOINT_SLICE,
  type EndpointSlice,
  POD,
  type Pod,
  SERVICE,
  type Service,
} from "./gateway/kinds.ts";
import { kubeConfig } from "./gateway/kube-config.ts";
import { type Endpoint, readyEndpoints } from "./gateway/routing.ts";

/** On the Service of a Chain's agents: the Chain's name. */
const CHAIN_LABEL = "pitboss.dev/chain";
const GRPC_PORT = "grpc";
const SERVICE_LABEL = "kubernetes.io/service-name";
/** The kernel's bound for the path of a socket, its last byte left for the end. */
const LONGEST_PATH = 103;
/** What is left of it for the namespace and the name of a Chain. */
const LONGEST_NAME = 58;

export interface ChainSocketsOptions {
  /** As a user who may read Services, EndpointSlices and Pods. */
  readonly access: ApiAccess;
  /** Where the sockets are. */
  readonly directory: string;
  readonly logger: Logger;
}

/**
 * Where the sockets are: in the state folder, or, where its path is too long for a socket or is not
 * taken in a gRPC target, in a folder of the system's that is named after it.
 */
export function socketFolder(home: string): string {
  const own = join(home, "chains");
  const fits = own.length + 1 + LONGEST_NAME <= LONGEST_PATH;
  if (fits && /^[\w./+-]+$/.test(own)) return own;
  return `/tmp/pitboss-${createHash("sha256").update(home).digest("hex").slice(0, 12)}`;
}

/** What a process is told of where a chain's agents are: a gRPC target, for any chain. */
export function chainTarget(directory: string): string {
  return `unix:${join(directory, "{namespace}_{name}")}`;
}

/**
 * What a headless Service and the cluster's DNS are to the agents of a chain, for one machine: a socket
 * for each Chain, by whose name anybody may know it, that leads to its ready agents in turn.
 */
export class ChainSockets {
  readonly #options: ChainSocketsOptions;
  readonly #client: Client;
  readonly #services: Informer<Service>;
  readonly #slices: Informer<EndpointSlice>;
  readonly #pods: Informer<Pod>;
  readonly #servers = new Map<string, { server: Server; sockets: Set<Socket> }>();
  #turn = 0;

  constructor(options: ChainSocketsOptions) {
    const { access, logger } = options;
    const metrics = new Metrics(new Registry());
    const client = new Client({ config: kubeConfig(access), metrics });
    const informer = <T extends KubeObject>(kind: Kind, more: object = {}) =>
      new Informer<T>({ client, kind, namespaces: [], metrics, logger, ...more });
    this.#options = options;
    this.#client = client;
    this.#services = informer(SERVICE);
    this.#pods = informer(POD);
    this.#slices = informer(ENDPOINT_SLICE, {
      indexes: {
        service: ({ metadata }: EndpointSlice) => [
          `${metadata.namespace}/${metadata.labels?.[SERVICE_LABEL] ?? ""}`,
        ],
      },
    });
    this.#services.onChange(({ before, after }) => {
      if (after) this.#open(after);
      else if (before) this.#close(before);
    });
  }

  async start(): Promise<void> {
    const { directory } = this.#options;
    rmSync(directory, { recursive: true, force: true });
    // Not one that somebody else has just made: whoever owns the folder owns the sockets.
    mkdirSync(directory, { mode: 0o700 });
    const caches = [this.#services, this.#slices, this.#pods];
    for (const cache of caches) cache.start();
    await Promise.all(caches.map((cache) => cache.whenSynced()));
  }

  async stop(): Promise<void> {
    for (const cache of [this.#services, this.#slices, this.#pods]) await cache.stop();
    for (const { server, sockets } of this.#servers.values()) end(server, sockets);
    await this.#client.close();
    rmSync(this.#options.directory, { recursive: true, force: true });
  }

  #open({ metadata, spec }: Service): void {
    const chain = metadata.labels?.[CHAIN_LABEL];
    const key = `${metadata.namespace}/${metadata.name}`;
    const speaks = spec.ports?.some(({ name }) => name === GRPC_PORT);
    if (chain === undefined || !speaks || this.#servers.has(key)) return;
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      this.#lead(socket, key);
    });
    const path = join(this.#options.directory, `${metadata.namespace}_${chain}`);
    server.on("error", (err) => this.#options.logger.error({ err }, `no socket for ${key}`));
    server.listen(path);
    this.#servers.set(key, { server, sockets });
  }

  #close({ metadata }: Service): void {
    const key = `${metadata.namespace}/${metadata.name}`;
    const held = this.#servers.get(key);
    this.#servers.delete(key);
    if (held) end(held.server, held.sockets);
  }

  /** Whoever connects while no agent is ready is refused, as by an address that nobody has. */
  #lead(socket: Socket, key: string): void {
    socket.on("error", () => socket.destroy());
    const endpoints = this.#endpoints(key);
    const endpoint = endpoints[this.#turn++ % Math.max(endpoints.length, 1)];
    if (!endpoint) {
      socket.destroy();
      return;
    }
    const agent = connect(endpoint);
    agent.on("error", () => socket.destroy());
    agent.once("close", () => socket.destroy());
    socket.once("close", () => agent.destroy());
    socket.pipe(agent).pipe(socket);
  }

  #endpoints(key: string): Endpoint[] {
    const service = this.#services.get(key);
    const port = service?.spec.ports?.find(({ name }) => name === GRPC_PORT)?.port ?? 0;
    const namespace = service?.metadata.namespace ?? "";
    const backend = { namespace, service: service?.metadata.name ?? "", port };
    return readyEndpoints(backend, service, this.#slices.byIndex("service", key), (name) =>
      this.#pods.get(`${namespace}/${name}`),
    );
  }
}

function end(server: Server, sockets: ReadonlySet<Socket>): void {
  server.close();
  for (const socket of sockets) socket.destroy();
}
