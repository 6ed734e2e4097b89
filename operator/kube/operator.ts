import type { KubeConfig } from "@kubernetes/client-node";
import type { Registry } from "prom-client";
import type { Client, Write } from "./client.ts";
import type { Clock } from "./clock.ts";
import type { Controller, ControllerOptions } from "./controller.ts";
import type { Discovery } from "./discovery.ts";
import type { EventRecorder } from "./events.ts";
import type { HealthServer } from "./health.ts";
import type { Informer, InformerOptions } from "./informer.ts";
import type { Logger } from "./logger.ts";
import type { Kind, KubeObject } from "./object.ts";
export interface OperatorSettings {
  config: KubeConfig;
  registry: Registry;
  log: Logger;
  clock?: Clock;
  /** Of the Lease and of events: "pitboss-operator". */
  name: string;
  /** Where the Lease lives. */
  namespace: string;
  /** This replica: the Pod's name. */
  instance: string;
  /** Empty: all. */
  watchedNamespaces: readonly string[];
  operationsPort: number;
  optionalKinds?: readonly Kind[];
  interceptWrite?: (write: Write, send: () => Promise<unknown>) => Promise<unknown>;
}
/**
 * @dot-i/k8s-operator's class on our own machinery. A subclass says in `init` what it watches and
 * which controllers it has; `start` then runs health → init → informers synced → leadership →
 * `lead` → controllers. `finished` settles when it is over: "stopped", or "lost" (main must exit).
 */
export declare abstract class OperatorBase {
  constructor(settings: OperatorSettings);
  protected abstract init(): Promise<void>;
  /** Called once as the leader, before controllers start: migrations and the like. */
  protected lead(signal: AbortSignal): Promise<void>;
  protected readonly client: Client;
  protected readonly events: EventRecorder;
  protected readonly discovery: Discovery;
  protected readonly health: HealthServer;
  protected informer<T extends KubeObject>(
    options: Omit<InformerOptions<T>, "client" | "metrics" | "logger" | "clock" | "namespaces"> & {
      namespaces?: readonly string[];
    },
  ): Informer<T>;
  protected controller(
    options: Omit<ControllerOptions, "metrics" | "logger" | "clock">,
  ): Controller;
  start(): Promise<void>;
  stop(): void;
  readonly finished: Promise<"stopped" | "lost">;
}
