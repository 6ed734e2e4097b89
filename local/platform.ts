import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { pino } from "pino";
import { ChainSockets, chainTarget, socketFolder } from "./chain-sockets.ts";
import { anvilProgram, chainImages, prepareDisk } from "./chains.ts";
import { adminUser } from "./control-plane/credentials.ts";
import { writeKubeconfig } from "./control-plane/kubeconfig.ts";
import { type Component, type ControlPlane, startControlPlane } from "./control-plane.ts";
import { devSession } from "./dev-session.ts";
import { startGateway } from "./gateway/gateway.ts";
import type { Home } from "./home.ts";
import { Applier } from "./install/applier.ts";
import { databaseUrl, installDatabase, maxConnections } from "./install/database.ts";
import {
  type Manifest,
  manifestFiles,
  manifestsAt,
  readBase,
  readManifests,
} from "./install/documents.ts";
import { namedJackpots } from "./install/named-jackpots.ts";
import {
  type DatabaseAccess,
  gamesNamespace,
  platformNamespace,
  platformObjects,
} from "./install/platform-objects.ts";
import { type Issuer, openIssuer } from "./issuer.ts";
import { NodeAgent } from "./node-agent/agent.ts";
import { NodeApi } from "./node-agent/api.ts";
import { metricsObjects } from "./node-agent/metrics-api.ts";
import { type LocalNode, nodes, nodeUser } from "./nodes.ts";
import { type Postgres, startPostgres } from "./postgres.ts";
import { waitUntilReady } from "./readiness.ts";
import { resolveControlPlane } from "./resolver/resolve.ts";
import type { Settings } from "./settings.ts";
import { stablePort } from "./stable-port.ts";
import type { Component as Supervised } from "./supervise.ts";

export interface PlatformOptions {
  readonly home: Home;
  readonly settings: Settings;
  readonly port: number;
  readonly say: (message: string) => void;
  readonly signal: AbortSignal;
}

/** Where the running platform is. */
export interface Addresses {
  readonly api: string;
  readonly lobby: string;
  readonly kubeconfig: string;
  readonly database: string;
}

const root = join(import.meta.dirname, "..");

/** The whole platform on one machine, started bottom-up and stopped the other way round. */
export class LocalPlatform {
  readonly #options: PlatformOptions;
  readonly #began = new Date();
  readonly #stops: { name: string; stop: () => Promise<void> }[] = [];
  #server: Postgres | undefined;
  #plane: ControlPlane | undefined;
  #api: NodeApi | undefined;

  constructor(options: PlatformOptions) {
    this.#options = options;
  }

  async start(): Promise<Addresses> {
    const { home, settings, port, say, signal } = this.#options;
    const url = `http://127.0.0.1:${port}`;
    // Read before anything starts, so that a mistake in them is said at once.
    const examples = await this.#examples();
    const binaries = await resolveControlPlane({ say });
    signal.throwIfAborted();
    say("starting PostgreSQL and the Kubernetes control plane");
    const issuer = await openIssuer({
      directory: home.at("issuer"),
      issuer: settings.issuer,
      audience: settings.audience,
      extraJwks: settings.jwks,
    });
    const [database, plane] = await Promise.all([this.#database(), this.#controlPlane(binaries)]);
    const kubeconfig = writeKubeconfig(home.at("kubeconfig"), {
      ...plane.access(),
      user: adminUser,
      namespace: gamesNamespace,
    });
    const api = new NodeApi(plane.access());
    this.#api = api;
    this.#onStop("connections", () => api.close());
    signal.throwIfAborted();
    say("installing the platform: CRDs, manifests/base, settings");
    const applier = new Applier(api);
    await Promise.all([this.#install(applier, issuer, url, database), this.#nodes(plane, applier)]);
    signal.throwIfAborted();
    await Promise.all([this.#gateway(plane, issuer, url), this.#chainSockets(plane)]);
    signal.throwIfAborted();
    say("applying the Games and Jackpots");
    prepareDisk(home.at("disk"), examples);
    await applier.applyAll(examples, gamesNamespace);
    return { api: url, lobby: url, kubeconfig, database: databaseUrl(this.#running()) };
  }

  /** Waits until players can play every Game. */
  async ready(): Promise<void> {
    const { port, say, signal } = this.#options;
    if (this.#api === undefined) throw new Error("the platform was not started");
    const url = `http://127.0.0.1:${port}`;
    await waitUntilReady({ api: this.#api, url, since: this.#began, say, signal });
  }

  /** The servers that a supervisor keeps running. */
  components(): Supervised[] {
    const plane = this.#plane;
    const names = [...(plane?.children().keys() ?? [])];
    const ofPlane = names.map((name: Component) => ({
      name,
      child: () => plane?.children().get(name),
      restart: async () => plane?.start(name),
    }));
    const postgres = {
      name: "postgres",
      child: () => this.#server?.child,
      restart: async () => {
        this.#server = await this.#startServer(this.#running().port);
      },
    };
    return [postgres, ...ofPlane];
  }

  /** Stops what was started, the database last. */
  async stop(): Promise<void> {
    for (const { name, stop } of this.#stops.splice(0).reverse()) {
      try {
        await stop();
      } catch (error) {
        this.#options.say(`while stopping ${name}: ${(error as Error).message}`);
      }
    }
  }

  #onStop(name: string, stop: () => Promise<void>): void {
    this.#stops.push({ name, stop });
  }

  #running(): Postgres {
    if (this.#server === undefined) throw new Error("PostgreSQL was not started");
    return this.#server;
  }

  #startServer(port: number): Promise<Postgres> {
    const { home } = this.#options;
    return startPostgres({
      directory: home.at("postgres"),
      port,
      records: home.records,
      settings: { max_connections: String(maxConnections) },
    });
  }

  async #database(): Promise<DatabaseAccess> {
    const { home } = this.#options;
    this.#server = await this.#startServer(await stablePort(home.at("postgres-port")));
    // At the front: the database is the last to stop, whichever of the two started first.
    this.#stops.unshift({ name: "PostgreSQL", stop: () => this.#running().stop() });
    return installDatabase(home, this.#running());
  }

  async #controlPlane(binaries: Awaited<ReturnType<typeof resolveControlPlane>>) {
    const { home } = this.#options;
    const plane = await startControlPlane({
      directory: home.at("control-plane"),
      binaries,
      port: await stablePort(home.at("api-port")),
      awaitControllers: false,
      users: nodes.map((node) => ({ name: nodeUser(node), groups: ["system:nodes"] })),
      records: home.records,
    });
    this.#plane = plane;
    this.#onStop("the control plane", () => plane.stop());
    return plane;
  }

  async #install(applier: Applier, issuer: Issuer, url: string, database: DatabaseAccess) {
    const gatewayKinds = await Promise.all(
      (await manifestFiles(join(import.meta.dirname, "crds"))).map(readManifests),
    );
    const base = await readBase(join(root, "manifests", "base"));
    const isGround = ({ kind }: { kind: string }) =>
      kind === "Namespace" || kind === "CustomResourceDefinition";
    const { issuer: name, audience, jwks } = issuer;
    const chainAgents = chainTarget(socketFolder(this.#options.home.path));
    await applier.applyAll(
      [
        ...gatewayKinds.flat(),
        ...base.filter(isGround),
        ...platformObjects({ url, issuer: name, audience, jwks, chainAgents }, database),
        ...base.filter((object) => !isGround(object)),
      ],
      platformNamespace,
    );
  }

  /** The first node answers the metrics API for all, so that it comes last. */
  async #nodes(plane: ControlPlane, applier: Applier): Promise<void> {
    const [main, ...others] = nodes;
    const peers: NodeAgent[] = [];
    for (const node of others) peers.push(await this.#node(plane, node));
    const first = await this.#node(plane, main, peers);
    await applier.applyAll(metricsObjects(first.port), platformNamespace);
  }

  async #node(
    plane: ControlPlane,
    { folder, podRange, ...node }: LocalNode,
    peers: readonly NodeAgent[] = [],
  ): Promise<NodeAgent> {
    const { home } = this.#options;
    const directory = home.at(folder);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const agent = new NodeAgent({
      access: plane.access(nodeUser(node)),
      ...{ node, podRange, directory, peers, disk: home.at("disk") },
      images: {
        "pitboss:local": { cwd: root, programs: { node: process.execPath } },
        ...chainImages(root),
      },
      common: {
        PATH: process.env["PATH"] ?? "",
        // Compiled once, not by each of the pods: a third of their start and of their memory.
        NODE_COMPILE_CACHE: home.at("compile-cache"),
        KUBERNETES_SERVICE_HOST: "127.0.0.1",
        KUBERNETES_SERVICE_PORT: String(plane.port),
      },
      certificate: {
        key: readFileSync(plane.keyFile, "utf8"),
        cert: readFileSync(plane.caFile, "utf8"),
      },
      logger: this.#logger(`node-agent-${node.name}`),
    });
    await agent.start();
    this.#onStop(`the pods of node ${node.name}`, () => agent.stop());
    return agent;
  }

  async #chainSockets(plane: ControlPlane): Promise<void> {
    const sockets = new ChainSockets({
      access: plane.access(),
      directory: socketFolder(this.#options.home.path),
      logger: this.#logger("chain-sockets"),
    });
    await sockets.start();
    this.#onStop("the chains' sockets", () => sockets.stop());
  }

  async #gateway(plane: ControlPlane, issuer: Issuer, url: string): Promise<void> {
    const gateway = await startGateway({
      access: plane.access(),
      gateway: { namespace: platformNamespace, name: "pitboss" },
      port: this.#options.port,
      logger: this.#logger("gateway"),
      intercept: devSession({ issuer, url: () => url }),
    });
    this.#onStop("the gateway", () => gateway.stop());
  }

  async #examples(): Promise<Manifest[]> {
    const { settings, say } = this.#options;
    const jackpots = await manifestsAt(join(root, "jackpots"));
    if (settings.games !== undefined) {
      const given = await manifestsAt(settings.games);
      return [...namedJackpots(given, jackpots, gamesNamespace), ...given];
    }
    const files = [
      ...(await manifestFiles(join(root, "games"))).filter(isGame),
      ...(await chainFiles(say)),
    ];
    // Jackpots before the Games that name them.
    return [...jackpots, ...(await Promise.all(files.map(readManifests))).flat()];
  }

  #logger(name: string) {
    const destination = this.#options.home.at("logs", `${name}.log`);
    return pino({ name }, pino.destination({ dest: destination, mkdir: true, sync: true }));
  }
}

const isGame = (file: string): boolean => file.endsWith("/game.yaml");

async function chainFiles(say: (message: string) => void): Promise<string[]> {
  if (anvilProgram() !== undefined) return manifestFiles(join(root, "chains"));
  say(
    `npm has no anvil for ${process.platform}-${process.arch}: the example Chain in chains/ is left out`,
  );
  return [];
}
