import { collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** Seconds; a round is a few milliseconds, a failover a few seconds. */
export const secondsBuckets = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];
const methods = new Set(["GET", "HEAD", "POST", "OPTIONS"]);

export interface RequestLabels {
  readonly method: string;
  readonly route: string;
  readonly status: string;
}

export interface HttpMetrics {
  /** A request begins; the returned function ends it. */
  started(): (labels: RequestLabels) => void;
}

/** A registry with what every process of ours reports; all names begin with `pitboss_`. */
export function createRegistry(service: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry, prefix: "pitboss_" });
  return registry;
}

/** What is known of HTTP requests. */
export function httpMetrics(registry: Registry): HttpMetrics {
  const seconds = new Histogram({
    name: "pitboss_http_request_seconds",
    help: "Time from the headers of a request to its answer, by route and status.",
    labelNames: ["method", "route", "status"],
    buckets: secondsBuckets,
    registers: [registry],
  });
  const inFlight = new Gauge({
    name: "pitboss_http_requests_in_flight",
    help: "Requests that are being answered.",
    registers: [registry],
  });
  return {
    started() {
      const begun = performance.now();
      inFlight.inc();
      return ({ method, route, status }) => {
        inFlight.dec();
        // A client's own words must not become labels.
        const known = methods.has(method) ? method : "other";
        seconds.observe({ method: known, route, status }, (performance.now() - begun) / 1000);
      };
    },
  };
}

/** The connections of a pool, read when the metrics are. */
export function poolMetrics(
  registry: Registry,
  pool: () => { totalCount: number; idleCount: number; waitingCount: number },
): Gauge {
  return new Gauge({
    name: "pitboss_database_connections",
    help: "Connections to the database by state, and calls that wait for one.",
    labelNames: ["state"],
    registers: [registry],
    collect() {
      const { totalCount, idleCount, waitingCount } = pool();
      this.set({ state: "open" }, totalCount);
      this.set({ state: "idle" }, idleCount);
      this.set({ state: "waiting" }, waitingCount);
    },
  });
}
