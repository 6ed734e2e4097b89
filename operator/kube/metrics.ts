import { Counter, Gauge, Histogram, type Registry } from "prom-client";

// controller-runtime's buckets, so that its dashboards and alerts fit.
const RECONCILE_SECONDS = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1,
  1.25, 1.5, 1.75, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
];
const QUEUE_SECONDS = Array.from({ length: 12 }, (_, power) => 10 ** (power - 8));
const CALL_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60];

/** The metrics of this package, in one registry, named and labelled as controller-runtime's. */
export class Metrics {
  readonly registry: Registry;
  readonly reconcile: ReturnType<typeof reconcileMetrics>;
  readonly workqueue: ReturnType<typeof workqueueMetrics>;
  readonly calls: ReturnType<typeof callMetrics>;
  readonly cache: ReturnType<typeof cacheMetrics>;
  readonly leader: Gauge<"name">;
  readonly leaderSlowpath: Counter<"name">;
  /** Called before the metrics are read, to set what is only known then. */
  readonly samplers = new Set<() => void>();

  constructor(registry: Registry) {
    this.registry = registry;
    this.reconcile = reconcileMetrics(registry);
    this.workqueue = workqueueMetrics(registry, this.samplers);
    this.calls = callMetrics(registry);
    this.cache = cacheMetrics(registry);
    const registers = [registry];
    this.leader = new Gauge({
      name: "leader_election_master_status",
      help: "1 while this process leads, else 0.",
      labelNames: ["name"],
      registers,
    });
    this.leaderSlowpath = new Counter({
      name: "leader_election_slowpath_total",
      help: "Renewals that had to read the Lease first.",
      labelNames: ["name"],
      registers,
    });
  }
}

function reconcileMetrics(registry: Registry) {
  const labelNames = ["controller"] as const;
  const registers = [registry];
  const counter = (name: string, help: string) =>
    new Counter({ name: `controller_runtime_${name}`, help, labelNames, registers });
  const gauge = (name: string, help: string) =>
    new Gauge({ name: `controller_runtime_${name}`, help, labelNames, registers });
  return {
    total: new Counter({
      name: "controller_runtime_reconcile_total",
      help: "Reconciles by result: success, error, requeue or requeue_after.",
      labelNames: ["controller", "result"] as const,
      registers,
    }),
    errors: counter("reconcile_errors_total", "Reconciles that failed."),
    terminalErrors: counter(
      "terminal_reconcile_errors_total",
      "Reconciles that failed and that retrying cannot help.",
    ),
    panics: counter("reconcile_panics_total", "Reconciles that threw what is not an Error."),
    timeouts: counter("reconcile_timeouts_total", "Reconciles that took too long."),
    seconds: new Histogram({
      name: "controller_runtime_reconcile_time_seconds",
      help: "How long a reconcile took.",
      labelNames,
      registers,
      buckets: RECONCILE_SECONDS,
    }),
    maxConcurrent: gauge("max_concurrent_reconciles", "The most reconciles at a time."),
    activeWorkers: gauge("active_workers", "Reconciles in flight."),
  };
}

function workqueueMetrics(registry: Registry, samplers: ReadonlySet<() => void>) {
  const labelNames = ["name", "controller"] as const;
  const registers = [registry];
  const counter = (name: string, help: string) =>
    new Counter({ name: `workqueue_${name}`, help, labelNames, registers });
  const gauge = (name: string, help: string) =>
    new Gauge({
      name: `workqueue_${name}`,
      help,
      labelNames,
      registers,
      collect: () => {
        for (const sample of samplers) sample();
      },
    });
  const seconds = (name: string, help: string) =>
    new Histogram({
      name: `workqueue_${name}`,
      help,
      labelNames,
      registers,
      buckets: QUEUE_SECONDS,
    });
  return {
    depth: new Gauge({
      name: "workqueue_depth",
      help: "Keys that wait for a worker.",
      labelNames: ["name", "controller", "priority"] as const,
      registers,
    }),
    adds: counter("adds_total", "Keys that were added."),
    retries: counter("retries_total", "Keys that were added again after a failure."),
    queueSeconds: seconds("queue_duration_seconds", "How long a key waited for a worker."),
    workSeconds: seconds("work_duration_seconds", "How long a worker was busy with a key."),
    unfinishedSeconds: gauge(
      "unfinished_work_seconds",
      "Seconds that keys in flight have taken so far, summed up.",
    ),
    longestSeconds: gauge(
      "longest_running_processor_seconds",
      "Seconds that the oldest key in flight has taken so far.",
    ),
  };
}

function callMetrics(registry: Registry) {
  const registers = [registry];
  return {
    total: new Counter({
      name: "rest_client_requests_total",
      help: "Calls to the Kubernetes API by answer.",
      labelNames: ["code", "method", "host"] as const,
      registers,
    }),
    seconds: new Histogram({
      name: "rest_client_request_duration_seconds",
      help: "How long a call to the Kubernetes API took.",
      labelNames: ["verb", "host"] as const,
      registers,
      buckets: CALL_SECONDS,
    }),
    waitSeconds: new Histogram({
      name: "rest_client_rate_limiter_duration_seconds",
      help: "How long a call waited because the API asked for it.",
      labelNames: ["verb", "host"] as const,
      registers,
      buckets: CALL_SECONDS,
    }),
  };
}

function cacheMetrics(registry: Registry) {
  const labelNames = ["kind"] as const;
  const registers = [registry];
  const gauge = (name: string, help: string) =>
    new Gauge({ name: `pitboss_cache_${name}`, help, labelNames, registers });
  return {
    misses: new Counter({
      name: "pitboss_cache_miss_total",
      help: "Changes that a relist found and the watch had not told.",
      labelNames,
      registers,
    }),
    relists: new Counter({
      name: "pitboss_cache_relist_total",
      help: "Lists by why they were made: first, periodic, expired or failed.",
      labelNames: ["kind", "why"] as const,
      registers,
    }),
    objects: gauge("objects", "Objects in the cache."),
    lastEvent: gauge("last_event_timestamp_seconds", "When the watch last said anything."),
    lastSync: gauge("last_sync_timestamp_seconds", "When the cache was last known to be whole."),
  };
}
