import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Registry } from "prom-client";
import { Client } from "../../operator/kube/client.ts";
import { Informer } from "../../operator/kube/informer.ts";
import type { Logger } from "../../operator/kube/logger.ts";
import { Metrics } from "../../operator/kube/metrics.ts";
import type { Kind, KubeObject } from "../../operator/kube/object.ts";
import { refuseGarbage } from "../../runtime/server.ts";
import type { ApiAccess } from "../api-access.ts";
import {
  ENDPOINT_SLICE,
  type EndpointSlice,
  HTTP_ROUTE,
  type HttpRoute,
  POD,
  type Pod,
  SERVICE,
  type Service,
} from "./kinds.ts";
import { kubeConfig } from "./kube-config.ts";
import { forward, refuse } from "./proxy.ts";
import { judge, report } from "./route-status.ts";
import {
  belongsTo,
  type Endpoint,
  type GatewayName,
  match,
  type Route,
  readyEndpoints,
  routeTable,
} from "./routing.ts";

/** On one machine the API server is back as soon as it is started: nobody should wait half a minute for a new route. */
const BACKOFF_MS = { first: 800, max: 3_000 };

const SERVICE_LABEL = "kubernetes.io/service-name";

/** Answers a request itself and says so, or leaves it to the routes. */
export type Intercept = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

export interface GatewayOptions {
  /** As a user who may read routes, Services, EndpointSlices and Pods. */
  access: ApiAccess;
  gateway: GatewayName;
  /** 0 takes a free port. */
  port: number;
  /** Where to listen; default 127.0.0.1. */
  host?: string;
  logger: Logger;
  /** Paths that the local platform serves itself, such as POST /dev/session. */
  intercept?: Intercept;
}

export interface Gateway {
  port: number;
  /** Stops taking requests, lets those in flight finish, and ends the watches. */
  stop(): Promise<void>;
}

/** Follows HTTPRoutes to ready Pods: what Envoy Gateway is in production, for one machine. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const caches = new Caches(options);
  await caches.start();
  const server = createServer((request, response) => {
    answer(request, response, caches, options).catch((error: unknown) => {
      options.logger.error({ err: error }, `while answering ${request.method} ${request.url}`);
      if (!response.headersSent) refuse(response, "unavailable", "the gateway failed; retry");
      else response.destroy();
    });
  });
  server.on("clientError", refuseGarbage);
  server.keepAliveTimeout = 65_000;
  const port = await listen(server, options.port, options.host ?? "127.0.0.1");
  return {
    port,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), 5_000);
      await closed;
      clearTimeout(timer);
      await caches.stop();
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  caches: Caches,
  { intercept }: GatewayOptions,
): Promise<void> {
  if (intercept && (await intercept(request, response))) return;
  const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
  const endpoints = caches.endpointsFor(path);
  if (!endpoints) return refuse(response, "not_found", `no game or service has the path ${path}`);
  forward(request, response, endpoints);
}

/** What the gateway knows of the cluster, and its judgement of the routes. */
class Caches {
  readonly #client: Client;
  readonly #routes: Informer<HttpRoute>;
  readonly #services: Informer<Service>;
  readonly #slices: Informer<EndpointSlice>;
  readonly #pods: Informer<Pod>;
  readonly #gateway: GatewayName;
  readonly #logger: Logger;
  #table: Route[] | undefined;
  #turn = 0;
  #judging: Promise<void> = Promise.resolve();
  #again: NodeJS.Timeout | undefined;

  constructor({ access, gateway, logger }: GatewayOptions) {
    const metrics = new Metrics(new Registry());
    const client = new Client({ config: kubeConfig(access), metrics });
    const informer = <T extends KubeObject>(kind: Kind, more: object = {}) =>
      new Informer<T>({
        ...{ client, kind, namespaces: [], metrics, logger },
        ...{ timing: { backoffMs: BACKOFF_MS }, ...more },
      });
    this.#client = client;
    this.#gateway = gateway;
    this.#logger = logger;
    this.#routes = informer(HTTP_ROUTE, { optional: true });
    this.#services = informer(SERVICE);
    this.#pods = informer(POD);
    this.#slices = informer(ENDPOINT_SLICE, {
      indexes: { service: (slice: EndpointSlice) => [serviceOf(slice)] },
    });
    for (const cache of [this.#routes, this.#services]) cache.onChange(() => this.#changed());
  }

  async start(): Promise<void> {
    const caches = [this.#routes, this.#services, this.#slices, this.#pods];
    for (const cache of caches) cache.start();
    await Promise.all(caches.map((cache) => cache.whenSynced()));
    this.#changed();
  }

  async stop(): Promise<void> {
    clearTimeout(this.#again);
    await this.#judging;
    const caches = [this.#routes, this.#services, this.#slices, this.#pods];
    await Promise.all(caches.map((cache) => cache.stop()));
    await this.#client.close();
  }

  /** The ready endpoints for a path, each in turn first; undefined where no route has the path. */
  endpointsFor(path: string): Endpoint[] | undefined {
    this.#table ??= routeTable(this.#routes.list(), this.#gateway);
    const backend = match(this.#table, path);
    if (!backend) return undefined;
    const key = `${backend.namespace}/${backend.service}`;
    const endpoints = readyEndpoints(
      backend,
      this.#services.get(key),
      this.#slices.byIndex("service", key),
      (name) => this.#pods.get(`${backend.namespace}/${name}`),
    );
    const first = this.#turn++ % Math.max(endpoints.length, 1);
    return [...endpoints.slice(first), ...endpoints.slice(0, first)];
  }

  /** Handlers are called before the store changes, so the judgement waits for the next moment. */
  #changed(): void {
    this.#table = undefined;
    clearTimeout(this.#again);
    this.#again = setTimeout(() => {
      this.#table = undefined;
      this.#judging = this.#judging.then(() => this.#judgeAll());
    }, 50);
  }

  async #judgeAll(): Promise<void> {
    for (const route of this.#routes.list().filter((one) => belongsTo(one, this.#gateway))) {
      const backends = routeTable([route], this.#gateway).map(({ backend }) => backend);
      const wanted = judge(route, backends, ({ namespace, service }) =>
        Boolean(this.#services.get(`${namespace}/${service}`)),
      );
      try {
        await report(this.#client, this.#gateway, route, wanted);
      } catch (error) {
        this.#logger.warn({ err: error }, `while reporting on HTTPRoute ${route.metadata.name}`);
        this.#again = setTimeout(() => this.#changed(), 2_000);
      }
    }
  }
}

function serviceOf({ metadata }: EndpointSlice): string {
  return `${metadata.namespace}/${metadata.labels?.[SERVICE_LABEL] ?? ""}`;
}

async function listen(server: Server, port: number, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return (server.address() as AddressInfo).port;
}
