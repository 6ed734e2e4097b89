import type { Server } from "node:http";
import type { Registry } from "prom-client";
import { createApp } from "./app.ts";
import { authentication } from "./auth.ts";
import type { SharedConfig } from "./config.ts";
import { Lifecycle } from "./lifecycle.ts";
import type { Logger } from "./log.ts";
import { createRegistry, httpMetrics } from "./metrics.ts";
import { operationsServer, type Readiness } from "./operations.ts";
import type { Route } from "./route.ts";
import { drain, listen, playersServer } from "./server.ts";

/** What a process serves once it has all it needs. */
export interface Service {
  readonly routes: readonly Route[];
  readiness(): Readiness;
  /** Ends answers that would not end by themselves: called as soon as the process is asked to end. */
  drain?(): void;
  /** Ends what goes on behind the requests; called when the last of them has been answered. */
  stop(): Promise<void>;
}

/** The part of `stop` that is kept free of the grace time for the service behind the requests. */
const STOP_SHARE = 0.2;

/**
 * A process that players reach: its two ports, its signals and its end. The operations port is there
 * from the beginning; the players' port once `serve` is called.
 */
export class Host {
  readonly registry: Registry;
  readonly #config: SharedConfig;
  readonly #log: Logger;
  readonly #lifecycle = new Lifecycle();
  readonly #identity: object;
  readonly #operations: Server;
  #players: Server | null = null;
  #service: Service | null = null;

  /** `identity` is told on /readyz: what this process is and which code and revision it runs. */
  constructor(name: string, config: SharedConfig, log: Logger, identity: object = {}) {
    this.#config = config;
    this.#log = log;
    this.#identity = identity;
    this.registry = createRegistry(name);
    const readiness = () => this.#readiness();
    this.#operations = operationsServer({ registry: this.registry, readiness });
  }

  /** Whether the process has been asked to end. */
  get draining(): boolean {
    return this.#lifecycle.draining;
  }

  /** Opens the operations port and heeds signals. */
  async start(): Promise<void> {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.on(signal, () => this.#end(signal));
    }
    for (const event of ["uncaughtException", "unhandledRejection"] as const) {
      process.on(event, (error: unknown) => {
        this.#log.fatal({ err: error }, `the process ends: ${event}`);
        process.exit(1);
      });
    }
    // Node's own words would not be JSON.
    process.removeAllListeners("warning");
    process.on("warning", (warning) => this.#log.warn({ err: warning }, warning.message));
    await listen(this.#operations, this.#config.operationsPort);
  }

  /** Opens the players' port. */
  async serve(service: Service): Promise<void> {
    const { keys, issuer, audience, httpPort } = this.#config;
    const keysAway = (error: Error) => this.#log.warn({ err: error }, "the token keys are away");
    const app = createApp({
      routes: service.routes,
      authenticate: authentication({ keys, issuer, audience, keysAway }),
      lifecycle: this.#lifecycle,
      log: this.#log,
      metrics: httpMetrics(this.registry),
    });
    this.#players = playersServer(app.callback());
    await listen(this.#players, httpPort);
    this.#service = service;
    this.#log.info({ port: httpPort, operationsPort: this.#config.operationsPort }, "serving");
  }

  #readiness(): Readiness {
    const service = this.#service?.readiness() ?? { ready: false, reason: "starting" };
    const state = this.draining ? { ready: false, reason: "draining" } : service;
    return { ...this.#identity, ...service, ...state };
  }

  #end(signal: string): void {
    if (this.draining) return;
    this.#log.info({ signal }, "draining");
    this.#lifecycle.drain();
    this.#service?.drain?.();
    this.#stop().then(
      () => process.exit(0),
      (error: unknown) => {
        this.#log.error({ err: error }, "while ending");
        process.exit(1);
      },
    );
  }

  async #stop(): Promise<void> {
    const graceMs = this.#config.graceSeconds * 1000;
    // Whatever hangs, the process ends in time: what was not answered was not committed either,
    // or is found again by its key.
    const last = setTimeout(() => {
      this.#log.warn({}, "the grace time is over");
      process.exit(0);
    }, graceMs);
    if (this.#players !== null) {
      const whole = await drain(this.#players, graceMs * (1 - STOP_SHARE));
      if (!whole) this.#log.warn({}, "requests were cut off at the end of the grace time");
    }
    await this.#service?.stop();
    clearTimeout(last);
    this.#operations.closeAllConnections();
    this.#operations.close();
    this.#log.info({}, "ended");
  }
}
