import type { Registry } from "prom-client";
/** The metrics of this package, in one registry, named as controller-runtime names them. */
export declare class Metrics {
  constructor(registry: Registry);
  readonly registry: Registry;
}
