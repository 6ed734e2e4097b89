import { setTimeout as sleep } from "node:timers/promises";
import type { Registry } from "prom-client";
import { chainController } from "./chain/controller.ts";
import { ChainMetrics } from "./chain/metrics.ts";
import type { Config } from "./config.ts";
import { gameController } from "./game/controller.ts";
import { jackpotController } from "./jackpot/controller.ts";
import { JackpotDatabase } from "./jackpot/jackpot-database.ts";
import { JackpotMetrics } from "./jackpot/metrics.ts";
import { failedWith } from "./kube/api-error.ts";
import { loadConfig } from "./kube/load-config.ts";
import type { Logger } from "./kube/logger.ts";
import { OperatorBase, type OperatorSettings } from "./kube/operator.ts";
import { GameMetrics } from "./metrics.ts";
import { Authority } from "./platform/authority.ts";
import { housekeepingLoop, type Loop } from "./platform/housekeeping.ts";
import { sharedInformers } from "./platform/informers.ts";
import { optionalKinds, ownKinds } from "./platform/kinds.ts";
import type { KindController, Machinery } from "./platform/machinery.ts";
import { PlatformDatabase } from "./platform/platform-database.ts";

/** What a test says differently from the environment. */
export type Overrides = Partial<
  Pick<OperatorSettings, "config" | "interceptWrite" | "leaseTiming" | "operationsPort">
> & { readonly figuresEveryMs?: number; readonly playEveryMs?: number };

/** How old what a Jackpot's status says of its pool may be (GLI-19, 4.13: 30 s), and how often it is written at most. */
const FIGURES_EVERY_MS = 30_000;

/** How often the play of each Game is looked at, and at most written into its status. */
const PLAY_EVERY_MS = 60_000;

const CRD_RETRY_MS = 5_000;

/** The operator: its controllers are a list, and each says itself what it watches. */
export class PitbossOperator extends OperatorBase {
  readonly #config: Config;
  readonly #log: Logger;
  readonly #metrics: GameMetrics;
  readonly #chainMetrics: ChainMetrics;
  readonly #jackpotMetrics: JackpotMetrics;
  readonly #figuresEveryMs: number;
  readonly #playEveryMs: number;
  readonly #stopping = new AbortController();
  #controllers: readonly KindController[] = [];
  #platformDatabase: PlatformDatabase | undefined;
  #housekeeping: Loop | undefined;

  constructor(config: Config, registry: Registry, log: Logger, overrides: Overrides = {}) {
    const { figuresEveryMs, playEveryMs, ...machine } = overrides;
    const { env } = config;
    super({
      config: loadConfig({
        tokenFile: env.PITBOSS_KUBERNETES_TOKEN_FILE || undefined,
        caFile: env.PITBOSS_KUBERNETES_CA_FILE || undefined,
        host: env.KUBERNETES_SERVICE_HOST || undefined,
        port: env.KUBERNETES_SERVICE_PORT || undefined,
      }),
      ...{ registry, log, optionalKinds },
      name: "pitboss-operator",
      namespace: env.PITBOSS_NAMESPACE,
      instance: env.PITBOSS_POD,
      watchedNamespaces: env.PITBOSS_WATCHED_NAMESPACES,
      operationsPort: env.PITBOSS_OPERATIONS_PORT,
      ...machine,
    });
    this.#config = config;
    this.#log = log;
    this.#metrics = new GameMetrics(registry);
    this.#chainMetrics = new ChainMetrics(registry);
    this.#jackpotMetrics = new JackpotMetrics(registry);
    this.#figuresEveryMs = figuresEveryMs ?? FIGURES_EVERY_MS;
    this.#playEveryMs = playEveryMs ?? PLAY_EVERY_MS;
  }

  protected override async init(): Promise<void> {
    await this.#crdsInstalled();
    const { client, events, discovery } = this;
    this.#platformDatabase = this.#database();
    const informer = this.informer.bind(this);
    const machinery: Machinery = {
      ...{ client, events, discovery, informer },
      shared: sharedInformers({ informer }),
      logger: this.#log,
      platformDatabase: this.#platformDatabase,
      authority: this.#authority(),
      controller: this.controller.bind(this),
    };
    const jackpots = new JackpotDatabase(machinery.platformDatabase);
    this.#controllers = [
      jackpotController(machinery, this.#config, {
        databases: jackpots,
        metrics: this.#jackpotMetrics,
        figuresEveryMs: this.#figuresEveryMs,
      }),
      gameController(machinery, this.#config, this.#metrics, {
        jackpotRows: jackpots,
        playEveryMs: this.#playEveryMs,
      }),
      chainController(machinery, this.#config, this.#chainMetrics),
    ];
  }

  #authority(): Authority {
    const { PITBOSS_NAMESPACE: namespace, PITBOSS_CHAIN_CA_SECRET: secretName } = this.#config.env;
    return new Authority({ client: this.client, namespace, secretName });
  }

  #database(): PlatformDatabase {
    const { env } = this.#config;
    return new PlatformDatabase({
      client: this.client,
      logger: this.#log,
      namespace: env.PITBOSS_NAMESPACE,
      secretName: env.PITBOSS_DATABASE_SECRET,
      keySecretName: env.PITBOSS_PLATFORM_KEY_SECRET,
      limits: { platform: env.PITBOSS_PLATFORM_ID, connections: env.PITBOSS_DATABASE_CONNECTIONS },
    });
  }

  // The database first, so that the first look at an object knows it.
  protected override async lead(): Promise<void> {
    const database = this.#platformDatabase;
    if (!database) return;
    await database.start();
    for (const controller of this.#controllers) await controller.lead();
    this.#housekeeping = housekeepingLoop(database, this.#log);
  }

  override stop(): void {
    this.#stopping.abort();
    super.stop();
  }

  /** Lets go of what the controllers hold; to be called once `finished` has settled. */
  async close(): Promise<void> {
    await this.#housekeeping?.stop();
    for (const controller of this.#controllers) await controller.stop();
    await this.#platformDatabase?.stop();
  }

  // Without its CRD nothing of a kind can be watched; it may well be applied after the operator.
  async #crdsInstalled(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted && !(await this.#kindsAreServed())) {
      await sleep(CRD_RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #kindsAreServed(): Promise<boolean> {
    try {
      for (const { apiVersion, plural } of ownKinds) {
        if (await this.discovery.find(apiVersion, plural)) continue;
        const crd = `${plural}.${apiVersion.split("/")[0]}`;
        this.#log.error({}, `the CRD ${crd} is not installed: kubectl apply -f crds/`);
        return false;
      }
      return true;
    } catch (error) {
      if (!failedWith(error, "away", "busy")) throw error;
      this.#log.error({ err: error }, "the API server cannot be reached; it is tried again");
    }
    return false;
  }
}
