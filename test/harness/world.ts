import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Registry } from "prom-client";
import type { GameSpec } from "../../crds/generated/game.ts";
import { engines } from "../../games/index.ts";
import { readConfig } from "../../operator/config.ts";
import { ENVIRONMENT } from "../../operator/game/testing/samples.ts";
import type { Write } from "../../operator/kube/client.ts";
import { loadConfig } from "../../operator/kube/load-config.ts";
import { QuietLogger } from "../../operator/kube/testing/quiet-logger.ts";
import { PitbossOperator } from "../../operator/pitboss-operator.ts";
import { optionalKinds, ownKinds } from "../../operator/platform/kinds.ts";
import { openGame } from "../../runtime/game.ts";
import type { OpenGame } from "../../runtime/types.ts";
import { testCluster } from "./control-plane.ts";
import { type TestDatabase, testDatabase, withClient } from "./database.ts";
import { until } from "./until.ts";
import { type Live, User } from "./user.ts";
import { Wire } from "./wire.ts";

const CRDS = new URL("../../crds/", import.meta.url);
const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

export const games = (namespace: string, name = ""): string =>
  `/apis/pitboss.dev/v1alpha1/namespaces/${namespace}/games/${name}`.replace(/\/$/, "");

export const jackpots = (namespace: string, name = ""): string =>
  `/apis/pitboss.dev/v1alpha1/namespaces/${namespace}/jackpots/${name}`.replace(/\/$/, "");

/** The collections of everything that a Game owns, where the kind is always there. */
export const CHILD_PATHS: Readonly<Record<string, string>> = {
  ConfigMap: "/api/v1/namespaces/NS/configmaps",
  Secret: "/api/v1/namespaces/NS/secrets",
  Deployment: "/apis/apps/v1/namespaces/NS/deployments",
  Service: "/api/v1/namespaces/NS/services",
  HorizontalPodAutoscaler: "/apis/autoscaling/v2/namespaces/NS/horizontalpodautoscalers",
  PodDisruptionBudget: "/apis/policy/v1/namespaces/NS/poddisruptionbudgets",
  NetworkPolicy: "/apis/networking.k8s.io/v1/namespaces/NS/networkpolicies",
  Ingress: "/apis/networking.k8s.io/v1/namespaces/NS/ingresses",
};

export const HTTP_ROUTES = "/apis/gateway.networking.k8s.io/v1/namespaces/NS/httproutes";

/** Looks for optional kinds when a test says so, not once a minute. */
class TestOperator extends PitbossOperator {
  async look(): Promise<void> {
    for (const kind of optionalKinds) await this.discovery.recheck(kind);
  }
}

export interface Running {
  readonly operator: TestOperator;
  readonly registry: Registry;
  readonly log: QuietLogger;
  /** Writes that were sent, without Leases and Events. */
  readonly writes: Write[];
  stop(): Promise<void>;
}

interface StartOptions {
  /** For each Game named here, nothing of it is written any more after so many writes. */
  readonly crashAfter?: ReadonlyMap<string, number>;
  readonly environment?: Record<string, string>;
  /** How often the statuses of Jackpots follow their pools. */
  readonly figuresEveryMs?: number;
  /** How often the play of Games is looked at. */
  readonly playEveryMs?: number;
}

/** A cluster, a database and namespaces of their own for one suite, with somebody who acts as kubelet. */
export class World {
  readonly user: User;
  readonly database: TestDatabase;
  /** The operator's way to the database. */
  readonly wire: Wire;
  readonly platform: string;
  readonly casino: string;
  readonly other: string;
  readonly #access: Parameters<typeof loadConfig>[0];
  readonly #running = new Set<Running>();
  #kubelet = true;
  #kubeletTurn: Promise<void> = Promise.resolve();

  private constructor(
    user: User,
    database: TestDatabase,
    wire: Wire,
    access: Parameters<typeof loadConfig>[0],
  ) {
    const id = randomBytes(3).toString("hex");
    this.user = user;
    this.database = database;
    this.wire = wire;
    this.#access = access;
    this.platform = `pitboss-${id}`;
    this.casino = `casino-${id}`;
    this.other = `other-${id}`;
  }

  static async create(): Promise<World> {
    const cluster = await testCluster();
    const user = new User(cluster);
    for (const { kind, plural } of ownKinds) {
      const crd = readFileSync(new URL(`${kind.toLowerCase()}.yaml`, CRDS), "utf8");
      await user.apply(`${DEFINITIONS}/${plural}.pitboss.dev`, crd);
      await until(`${plural} are served`, async () => {
        return (await user.call("GET", `/apis/pitboss.dev/v1alpha1/${plural}`)).status === 200;
      });
    }
    const database = await testDatabase();
    const wire = await Wire.to(database.settings.host, database.settings.port);
    const { hostname: host, port } = new URL(cluster.url);
    const tokenFile = join(await mkdtemp(join(tmpdir(), "pitboss-token-")), "token");
    await writeFile(tokenFile, cluster.adminToken, { mode: 0o600 });
    const access = { tokenFile, caFile: cluster.caFile, host, port };
    const world = new World(user, database, wire, access);
    for (const name of [world.platform, world.casino, world.other]) {
      const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
      await user.apply(`/api/v1/namespaces/${name}`, namespace);
    }
    await world.databaseSecret();
    world.#kubeletTurn = world.#actAsKubelet();
    return world;
  }

  /** The Secret that says where the platform's database is, changed as a test wants. */
  async databaseSecret(change: Record<string, string> = {}): Promise<void> {
    const { database, user, password } = this.database.settings;
    const place = { host: "127.0.0.1", port: String(this.wire.port) };
    const stringData = { ...place, database, user, password, ...change };
    await this.user.apply(this.secretPath(), {
      ...{ apiVersion: "v1", kind: "Secret", metadata: { name: "database" } },
      data: Object.fromEntries(
        Object.entries(stringData).map(([key, text]) => [
          key,
          Buffer.from(text).toString("base64"),
        ]),
      ),
    });
  }

  secretPath(): string {
    return `/api/v1/namespaces/${this.platform}/secrets/database`;
  }

  /** Starts an operator that serves this world's namespaces, and waits until it leads. */
  async start(options: StartOptions = {}): Promise<Running> {
    const running = await this.candidate(options);
    await until("the operator leads", async () => {
      const text = await running.registry.metrics();
      return /leader_election_master_status\{[^}]*\} 1/.test(text);
    });
    return running;
  }

  /** Starts an operator without waiting. */
  async candidate({
    crashAfter,
    environment,
    figuresEveryMs = 300,
    playEveryMs = 60_000,
  }: StartOptions = {}): Promise<Running> {
    const writes: Write[] = [];
    const interceptWrite = async (write: Write, send: () => Promise<unknown>) => {
      if (["Lease", "Event"].includes(write.kind.kind)) return send();
      const [game, most] =
        [...(crashAfter ?? [])].find(([name]) => write.name.includes(name)) ?? [];
      const sent = writes.filter(({ name }) => game && name.includes(game)).length;
      if (most !== undefined && sent >= most) throw new Error("this operator has crashed");
      const answer = await send();
      writes.push(write);
      return answer;
    };
    const config = readConfig({
      ...ENVIRONMENT,
      PITBOSS_GATEWAY: "",
      PITBOSS_NAMESPACE: this.platform,
      PITBOSS_WATCHED_NAMESPACES: `${this.casino},${this.other}`,
      PITBOSS_DATABASE_CONNECTIONS: "1000",
      ...environment,
    });
    const registry = new Registry();
    const log = new QuietLogger();
    const operator = new TestOperator(config, registry, log, {
      config: loadConfig(this.#access),
      ...{ interceptWrite, figuresEveryMs, playEveryMs },
      operationsPort: 0,
      // Whoever comes next asks for the Lease often, so that tests that restart do not wait.
      leaseTiming: { leaseMs: 15_000, deadlineMs: 10_000, retryMs: 200 },
    });
    await operator.start();
    const running: Running = {
      ...{ operator, registry, writes, log },
      stop: async () => {
        operator.stop();
        await operator.finished;
        await operator.close();
        this.#running.delete(running);
      },
    };
    this.#running.add(running);
    return running;
  }

  /** Applies a coin-flip Game as a person would. */
  async applyGame(
    name: string,
    change: Partial<GameSpec> = {},
    { namespace = this.casino, annotations = {} } = {},
  ): Promise<Live> {
    return this.user.apply(games(namespace, name), {
      apiVersion: "pitboss.dev/v1alpha1",
      kind: "Game",
      metadata: { name, namespace, annotations },
      spec: {
        engine: "coin-flip",
        config: { multiplier: "1.96" },
        returnToPlayer: { min: "0.96" },
        stakes: [{ currency: "USD", min: "0.25", max: "100", step: "0.25", maxPayout: "1000" }],
        ...(change.autoscaling ? {} : { replicas: 1 }),
        ...change,
      },
    });
  }

  /** The reason of a condition becomes this; answers the condition. */
  async says(
    name: string,
    type: string,
    reason: string,
    { namespace = this.casino, seconds = 20, path = games(namespace, name) } = {},
  ): Promise<{ status: string; reason: string; message: string }> {
    let last: unknown;
    return until(
      `${name} says ${type} ${reason}`,
      async () => {
        const object = await this.user.get(path);
        last = object?.["status"]?.conditions;
        const conditions: { type: string; status: string; reason: string; message: string }[] =
          object?.["status"]?.conditions ?? [];
        return conditions.find((one) => one.type === type && one.reason === reason);
      },
      seconds,
    ).catch((cause: unknown) => {
      throw new Error(`${name} does not say ${type} ${reason} but ${JSON.stringify(last)}`, {
        cause,
      });
    });
  }

  async gone(path: string, seconds = 20): Promise<void> {
    await until(`${path} is gone`, async () => (await this.user.get(path)) === undefined, seconds);
  }

  /** The live children of a Game of that kind. */
  async children(kind: string, game: string): Promise<Live[]> {
    const path = (CHILD_PATHS[kind] ?? HTTP_ROUTES).replace("NS", this.casino);
    return this.user.list(`${path}?labelSelector=pitboss.dev%2Fgame%3D${game}`);
  }

  /** The path of a Game's child of that kind. */
  child(kind: string, name: string, namespace = this.casino): string {
    return `${(CHILD_PATHS[kind] ?? HTTP_ROUTES).replace("NS", namespace)}/${name}`;
  }

  /** Writes stop: nothing was sent for so long. */
  async quiet(running: Running, ms = 700): Promise<void> {
    for (let before = -1; before !== running.writes.length; ) {
      before = running.writes.length;
      await sleep(ms);
    }
  }

  /** Installs a CRD that takes anything, as a stand-in for one that a cluster may have. */
  async install(plural: string, kind: string, group: string): Promise<void> {
    const anything = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
    await this.user.apply(`${DEFINITIONS}/${plural}.${group}`, {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: {
        name: `${plural}.${group}`,
        annotations: { "api-approved.kubernetes.io": "unapproved, a stand-in for tests" },
      },
      spec: {
        ...{ group, scope: "Namespaced", names: { kind, plural } },
        versions: [
          {
            ...{ name: "v1", served: true, storage: true, subresources: { status: {} } },
            schema: { openAPIV3Schema: anything },
          },
        ],
      },
    });
  }

  async uninstall(definition: string): Promise<void> {
    await this.user.remove(`${DEFINITIONS}/${definition}`);
    await this.gone(`${DEFINITIONS}/${definition}`);
  }

  /** Plays with a pod of the game, made from what the operator gave it. */
  async play<T>(name: string, work: (pod: OpenGame) => Promise<T>): Promise<T> {
    const secret = await this.user.get(this.child("Secret", `${name}-runtime`));
    const [map] = await this.children("ConfigMap", name);
    const data: Record<string, string> = secret?.["data"];
    const { engine, config, revision } = JSON.parse(map?.["data"]["revision.json"]);
    const rules = engines.get(engine);
    if (!rules) throw new Error(`no engine ${engine}`);
    const directory = await mkdtemp(join(tmpdir(), "pitboss-secret-"));
    for (const [key, value] of Object.entries(data)) {
      await writeFile(join(directory, key), Buffer.from(value, "base64"));
    }
    const seedKey = Buffer.from(readFileSync(join(directory, "seed-key"), "utf8"), "hex");
    const logger = { info: () => {}, warn: () => {}, error: () => {} };
    const pod = await openGame({
      ...{ game: name, engine: rules, config, revision, seedKey, logger, pod: "test", hooks: {} },
      ...{ databaseDirectory: directory, connections: 2, sweepSeconds: 3600 },
    });
    try {
      return await work(pod);
    } finally {
      await pod.stop();
      await rm(directory, { recursive: true });
    }
  }

  /** A player with money. */
  async player(): Promise<string> {
    const player = `player-${randomBytes(6).toString("hex")}`;
    await withClient(this.database.url, (client) =>
      client.query("SELECT pitboss.cashier_transfer($1, 'USD', '100000', $2)", [player, player]),
    );
    return player;
  }

  /** A Game and all that it owns, without what differs from one run to another. */
  async snapshot(name: string): Promise<object> {
    const game = await this.user.get(games(this.casino, name));
    const children = await Promise.all(
      Object.keys(CHILD_PATHS).map(
        async (kind) => [kind, await this.children(kind, name)] as const,
      ),
    );
    const found = [["Game", game ? [game] : []] as const, ...children];
    const plain = found.map(([kind, objects]) => [
      kind,
      objects.map((one) => comparable(kind, one)),
    ]);
    return JSON.parse(JSON.stringify(Object.fromEntries(plain)).replaceAll(name, "NAME"));
  }

  kubelet(on: boolean): void {
    this.#kubelet = on;
  }

  /** Stops every operator that still runs. */
  async stopAll(): Promise<void> {
    for (const { stop } of [...this.#running]) await stop();
  }

  async end(): Promise<void> {
    await this.stopAll();
    for (const namespace of [this.platform, this.casino, this.other]) {
      for (const kind of [games, jackpots]) {
        for (const { metadata } of await this.user.list(kind(namespace))) {
          await this.user.merge(kind(namespace, metadata.name), { metadata: { finalizers: [] } });
        }
      }
      await this.user.remove(`/api/v1/namespaces/${namespace}`);
    }
    this.#ended = true;
    await this.#kubeletTurn;
    await this.user.close();
    await rm(dirname(this.#access.tokenFile ?? ""), { recursive: true });
    await this.wire.cut();
    await this.database.drop();
  }

  #ended = false;

  // No node runs here: every pod is said to be ready as soon as it is seen.
  async #actAsKubelet(): Promise<void> {
    while (!this.#ended) {
      if (this.#kubelet) {
        for (const namespace of [this.casino, this.other]) await this.#readyPods(namespace);
      }
      await sleep(100);
    }
  }

  async #readyPods(namespace: string): Promise<void> {
    const path = `/api/v1/namespaces/${namespace}/pods`;
    for (const pod of await this.user.list(path)) {
      if (pod["status"]?.phase === "Running") continue;
      await this.user.call(
        "PATCH",
        `${path}/${pod.metadata.name}/status`,
        {
          status: {
            phase: "Running",
            conditions: ["Ready", "ContainersReady", "PodScheduled"].map((type) => ({
              ...{ type, status: "True" },
              lastTransitionTime: new Date().toISOString(),
            })),
          },
        },
        "merge-patch+json",
      );
    }
  }
}

function comparable(kind: string, object: Live): object {
  const { metadata, spec, data, status } = object;
  const { name, generation, labels, annotations, finalizers, ownerReferences } = metadata;
  const owners = ownerReferences?.map(({ uid: _, ...owner }) => owner);
  const hash = "pitboss.dev/desired-hash";
  // The hash covers the Game's UID and a Secret's random content; a Service gets an address.
  const notes = Object.entries(annotations ?? {}).filter(([key]) => key !== hash);
  const { clusterIP: _ip, clusterIPs: _ips, ...rest } = spec ?? {};
  const conditions = status?.conditions?.map(
    ({ lastTransitionTime: _, ...condition }: Record<string, unknown>) => condition,
  );
  return {
    ...{ name, generation, labels, annotations: Object.fromEntries(notes), finalizers, owners },
    spec: kind === "Game" ? undefined : rest,
    data: kind === "Secret" ? Object.keys(data ?? {}).sort() : data,
    status: kind === "Game" ? { ...status, conditions } : undefined,
  };
}
