import type { Clock } from "./clock.ts";
import type { Informer } from "./informer.ts";
import type { Logger } from "./logger.ts";
import type { Metrics } from "./metrics.ts";
import type { KubeObject } from "./object.ts";
import type { Enqueue } from "./queue.ts";
import type { Result } from "./result.ts";
export interface ControllerOptions {
  name: string;
  /** Called with one key at a time; throws are retried with back-off. Stop when the signal fires. */
  reconcile: (key: string, signal: AbortSignal) => Promise<Result>;
  concurrency?: number;
  timeoutMs?: number;
  metrics: Metrics;
  logger: Logger;
  clock?: Clock;
}
/** Reconciles keys from a queue until stopped. */
export declare class Controller {
  constructor(options: ControllerOptions);
  readonly name: string;
  enqueue(key: string, how?: Enqueue): void;
  /** Enqueues what `keys` answers for each change of that informer (old and new state both). */
  watches<T extends KubeObject>(
    informer: Informer<T>,
    keys: (object: T) => readonly string[],
  ): void;
  start(): void;
  /** Takes no more keys and waits for those in flight, at most `graceMs`; then aborts them. */
  stop(graceMs?: number): Promise<void>;
}
