import type { Registry } from "prom-client";
/** A named check: undefined is well, a text says what is wrong. */
export interface HealthCheck {
  name: string;
  check: () => string | undefined;
}
/** /livez, /readyz and /metrics. */
export declare class HealthServer {
  constructor(options: { port: number; host?: string; registry: Registry });
  addLive(check: HealthCheck): void;
  addReady(check: HealthCheck): void;
  /** Answers the port it listens on. */
  start(): Promise<number>;
  stop(): Promise<void>;
}
