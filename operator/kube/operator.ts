import type { KubeConfig } from "@kubernetes/client-node";
import type { Registry } from "prom-client";
import { Client, type Write } from "./client.ts";
import { type Clock, systemClock } from "./clock.ts";
import { Controller, type ControllerSpec } from "./controller.ts";
import { Discovery } from "./discovery.ts";
import { DotIOperator } from "./dot-i.ts";
import { EventRecorder } from "./events.ts";
import { HealthServer } from "./health.ts";
import { Informer, type WatchSpec } from "./informer.ts";
import { LEASE, LeaderElection, type LeaseTiming } from "./leader.ts";
import type { Logger } from "./logger.ts";
import { Metrics } from "./metrics.ts";
import type { Kind, KubeObject } from "./object.ts";

export interface OperatorSettings {
  config: KubeConfig;
  registry: Registry;
  log: Logger;
  clock?: Clock | undefined;
  /** Of the Lease, and in events as `pitboss.dev/<name>`. */
  name: string;
  /** Where the Lease lives. */
  namespace: string;
  /** This replica: the Pod's name. */
  instance: string;
  /** Empty: all. */
  watchedNamespaces: readonly string[];
  operationsPort: number;
  operationsHost?: string | undefined;
  /** Kinds that may not be installed. */
  optionalKinds?: readonly Kind[] | undefined;
  leaseTiming?: LeaseTiming | undefined;
  /** For tests: every write goes through it. */
  interceptWrite?: ((write: Write, send: () => Promise<unknown>) => Promise<unknown>) | undefined;
}

// A loop that did not even fail for so long will not come back by itself.
const DEAD_MS = 15 * 60_000;

/**
 * An operator on our own machinery, under @dot-i/k8s-operator's class. A subclass says in `init`
 * what it watches and which controllers it has. `start` brings up health and `init`; then, in the
 * background: caches filled → leadership → `lead` → controllers. So a standby takes over warm.
 */
export abstract class OperatorBase extends DotIOperator {
  protected readonly settings: OperatorSettings;
  protected readonly metrics: Metrics;
  protected readonly client: Client;
  protected readonly events: EventRecorder;
  protected readonly discovery: Discovery;
  protected readonly health: HealthServer;
  readonly #clock: Clock;
  readonly #election: LeaderElection;
  readonly #informers: Informer<KubeObject>[] = [];
  readonly #controllers: Controller[] = [];
  readonly #stopping = new AbortController();
  readonly #finished = Promise.withResolvers<"stopped" | "lost">();
  #started = false;
  #lost = false;
  #operationsPort = 0;

  constructor(settings: OperatorSettings) {
    super(settings.config, settings.log);
    const { config, log: logger, clock = systemClock, name, namespace, instance } = settings;
    this.settings = settings;
    this.#clock = clock;
    this.metrics = new Metrics(settings.registry);
    this.client = new Client({
      config,
      metrics: this.metrics,
      clock,
      interceptWrite: settings.interceptWrite,
      // The real fence against an old leader that wakes up: only the holder writes, but for the Lease.
      mayWrite: ({ kind }) => kind.kind === LEASE.kind || this.#election.holds,
    });
    this.#election = new LeaderElection({
      client: this.client,
      namespace,
      name,
      instance,
      onLost: (reason) => this.#lose(reason),
      metrics: this.metrics,
      logger,
      clock,
      timing: settings.leaseTiming,
    });
    const controller = `pitboss.dev/${name}`;
    this.events = new EventRecorder({ client: this.client, controller, instance, logger, clock });
    const kinds = settings.optionalKinds ?? [];
    this.discovery = new Discovery({ client: this.client, kinds, logger, clock });
    const { operationsPort: port, operationsHost: host, registry } = settings;
    this.health = new HealthServer({ port, host, registry });
    this.#addChecks();
    // Nobody has to wait for it: an operator that fails before is seen through `start`.
    this.#finished.promise.catch(() => {});
  }

  /** Settles when all is over: "stopped", or "lost" (the process must exit). Rejects if it failed. */
  get finished(): Promise<"stopped" | "lost"> {
    return this.#finished.promise;
  }

  /** Where /livez, /readyz and /metrics are, once started. */
  get operationsPort(): number {
    return this.#operationsPort;
  }

  /** Called once as the leader, before controllers start: migrations and the like. */
  protected async lead(_signal: AbortSignal): Promise<void> {}

  /** A cache that is filled before leadership; `init` is the place to ask for it. */
  protected informer<T extends KubeObject>(spec: WatchSpec<T>): Informer<T> {
    const { log: logger, watchedNamespaces } = this.settings;
    const informer = new Informer<T>({
      namespaces: watchedNamespaces,
      ...spec,
      client: this.client,
      metrics: this.metrics,
      logger,
      clock: this.#clock,
    });
    this.#informers.push(informer as unknown as Informer<KubeObject>);
    if (this.#started) informer.start();
    return informer;
  }

  /** A controller that works while this process leads. */
  protected controller(spec: ControllerSpec): Controller {
    const { log: logger } = this.settings;
    const controller = new Controller({
      ...spec,
      metrics: this.metrics,
      logger,
      clock: this.#clock,
    });
    this.#controllers.push(controller);
    return controller;
  }

  /** Resolves when `init` is done and the caches begin to fill; see `finished` for the rest. */
  override async start(): Promise<void> {
    try {
      this.#operationsPort = await this.health.start();
      await this.discovery.start();
      this.discovery.onChange(() => {
        for (const informer of this.#informers) informer.nudge();
      });
      await super.start();
    } catch (error) {
      await this.#shutDown();
      this.#finished.reject(error);
      throw error;
    }
    this.#started = true;
    for (const informer of this.#informers) informer.start();
    void this.#run();
  }

  /** Ends in order: controllers, the Lease, caches, events. `finished` tells when. */
  override stop(): void {
    this.#stopping.abort(new Error("the operator is stopping"));
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    try {
      await Promise.all(this.#informers.map((informer) => informer.whenSynced(signal)));
      await this.#election.acquire(signal);
      await this.lead(signal);
      signal.throwIfAborted();
      for (const controller of this.#controllers) controller.start();
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    } catch (error) {
      if (!signal.aborted) this.#finished.reject(error);
    }
    await this.#shutDown();
    this.#finished.resolve(this.#lost ? "lost" : "stopped");
  }

  #lose(reason: Error): void {
    this.settings.log.error({ err: reason }, "no longer leads; everything stops");
    this.#lost = true;
    // At once: from now on every write would be refused anyway.
    for (const controller of this.#controllers) controller.abort();
    this.#stopping.abort(reason);
  }

  async #shutDown(): Promise<void> {
    this.#stopping.abort(new Error("the operator is stopping"));
    const graceMs = this.#lost ? 0 : undefined;
    await Promise.all(this.#controllers.map((controller) => controller.stop(graceMs)));
    await this.events.flush();
    await this.#election.release();
    this.discovery.stop();
    await Promise.all(this.#informers.map((informer) => informer.stop()));
    await this.health.stop();
    await this.client.close();
  }

  #addChecks(): void {
    const each =
      <T>(all: readonly T[], problem: (one: T) => string | undefined) =>
      () =>
        all.map(problem).find((one) => one !== undefined);
    this.health.addLive({
      name: "caches",
      check: each(this.#informers, ({ idleMs, kind }) =>
        this.#started && idleMs > DEAD_MS ? `${kind.kind} did nothing for ${idleMs} ms` : undefined,
      ),
    });
    this.health.addLive({
      name: "controllers",
      check: each(this.#controllers, (controller) => {
        const key = controller.stuck();
        return key && `${controller.name} is stuck at ${key}`;
      }),
    });
    this.health.addReady({
      name: "started",
      check: () => (this.#started ? undefined : "not started"),
    });
    this.health.addReady({
      name: "caches",
      check: each(this.#informers, ({ synced, kind }) =>
        synced ? undefined : `${kind.kind} is not listed yet`,
      ),
    });
  }
}
