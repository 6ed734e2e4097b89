import { setTimeout as sleep } from "node:timers/promises";
import type { Registry } from "prom-client";
import type { Config } from "./config.ts";
import { type GameController, gameController } from "./game/controller.ts";
import { housekeepingLoop, type Loop } from "./game/housekeeping.ts";
import { kinds, optionalKinds } from "./game/kinds.ts";
import { failedWith } from "./kube/api-error.ts";
import { loadConfig } from "./kube/load-config.ts";
import type { Logger } from "./kube/logger.ts";
import { OperatorBase, type OperatorSettings } from "./kube/operator.ts";
import { GameMetrics } from "./metrics.ts";

/** What a test says differently from the environment. */
export type Overrides = Partial<
  Pick<OperatorSettings, "config" | "interceptWrite" | "leaseTiming" | "operationsPort">
>;

const CRD_RETRY_MS = 5_000;

/** The operator: its controllers are a list, and each says itself what it watches. */
export class PitbossOperator extends OperatorBase {
  readonly #config: Config;
  readonly #log: Logger;
  readonly #metrics: GameMetrics;
  readonly #stopping = new AbortController();
  #controllers: readonly GameController[] = [];
  #loops: readonly Loop[] = [];

  constructor(config: Config, registry: Registry, log: Logger, overrides: Overrides = {}) {
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
      ...overrides,
    });
    this.#config = config;
    this.#log = log;
    this.#metrics = new GameMetrics(registry);
  }

  protected override async init(): Promise<void> {
    await this.#crdsInstalled();
    const { client, events, discovery } = this;
    const machinery = {
      ...{ client, events, discovery },
      logger: this.#log,
      informer: this.informer.bind(this),
      controller: this.controller.bind(this),
    };
    this.#controllers = [gameController(machinery, this.#config, this.#metrics)];
  }

  protected override async lead(): Promise<void> {
    for (const { lead } of this.#controllers) await lead();
    this.#loops = this.#controllers.map(({ platformDatabase }) =>
      housekeepingLoop(platformDatabase, this.#log),
    );
  }

  override stop(): void {
    this.#stopping.abort();
    super.stop();
  }

  /** Lets go of what the controllers hold; to be called once `finished` has settled. */
  async close(): Promise<void> {
    for (const loop of this.#loops) await loop.stop();
    for (const controller of this.#controllers) await controller.stop();
  }

  // Without its CRD nothing can be watched; it may well be applied after the operator.
  async #crdsInstalled(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted && !(await this.#gamesAreServed())) {
      await sleep(CRD_RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #gamesAreServed(): Promise<boolean> {
    try {
      const { apiVersion, plural } = kinds.game;
      if (await this.discovery.find(apiVersion, plural)) return true;
      this.#log.error({}, "the CRD games.pitboss.dev is not installed: kubectl apply -f crds/");
    } catch (error) {
      if (!failedWith(error, "away", "busy")) throw error;
      this.#log.error({ err: error }, "the API server cannot be reached; it is tried again");
    }
    return false;
  }
}
