import type { Client } from "./client.ts";
import type { Clock } from "./clock.ts";
import type { Logger } from "./logger.ts";
import type { KubeObject } from "./object.ts";
export interface EventFacts {
  type: "Normal" | "Warning";
  /** CamelCase, from a short fixed list. */
  reason: string;
  /** What was being done: CamelCase verb, such as Reconcile or Provision. */
  action: string;
  note: string;
}
/** Tells people what changed. Never throws and never waits; the same again within a while is one series. */
export declare class EventRecorder {
  constructor(options: {
    client: Client;
    controller: string;
    instance: string;
    logger: Logger;
    clock?: Clock;
  });
  record(regarding: KubeObject, facts: EventFacts): void;
  /** Waits for what is still being sent. */
  flush(): Promise<void>;
}
