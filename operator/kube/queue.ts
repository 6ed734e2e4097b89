import type { Clock } from "./clock.ts";
import type { Metrics } from "./metrics.ts";
export interface Enqueue {
  /** After everything of normal priority. */
  low?: boolean;
}
export interface QueueOptions {
  name: string;
  metrics: Metrics;
  clock?: Clock;
  /** First and longest back-off. */
  backoffMs?: { first: number; max: number };
}
/** A work queue of keys: each once, never two workers on one key. */
export declare class Queue {
  constructor(options: QueueOptions);
  add(key: string, how?: Enqueue): void;
  addAfter(key: string, ms: number, how?: Enqueue): void;
}
