import type { Clock } from "./clock.ts";
import type { Metrics } from "./metrics.ts";

/** One queue's numbers: when each key came in and when a worker took it. */
export class QueueMetrics {
  readonly #labels: { name: string; controller: string };
  readonly #metrics: Metrics;
  readonly #clock: Clock;
  readonly #addedAt = new Map<string, number>();
  readonly #takenAt = new Map<string, number>();
  readonly #sample = () => this.#unfinished();

  constructor(name: string, metrics: Metrics, clock: Clock) {
    this.#labels = { name, controller: name };
    this.#metrics = metrics;
    this.#clock = clock;
    metrics.samplers.add(this.#sample);
    this.depth(0, 0);
  }

  depth(normal: number, low: number): void {
    const { depth } = this.#metrics.workqueue;
    depth.set({ ...this.#labels, priority: "0" }, normal);
    depth.set({ ...this.#labels, priority: "-100" }, low);
  }

  added(key: string): void {
    this.#metrics.workqueue.adds.inc(this.#labels);
    if (!this.#addedAt.has(key)) this.#addedAt.set(key, this.#clock.monotonic());
  }

  retried(): void {
    this.#metrics.workqueue.retries.inc(this.#labels);
  }

  taken(key: string): void {
    const now = this.#clock.monotonic();
    const waited = now - (this.#addedAt.get(key) ?? now);
    this.#addedAt.delete(key);
    this.#takenAt.set(key, now);
    this.#metrics.workqueue.queueSeconds.observe(this.#labels, waited / 1000);
  }

  done(key: string): void {
    const now = this.#clock.monotonic();
    const worked = now - (this.#takenAt.get(key) ?? now);
    this.#takenAt.delete(key);
    this.#metrics.workqueue.workSeconds.observe(this.#labels, worked / 1000);
  }

  close(): void {
    this.#addedAt.clear();
    this.#metrics.samplers.delete(this.#sample);
    this.depth(0, 0);
  }

  #unfinished(): void {
    const now = this.#clock.monotonic();
    const ages = [...this.#takenAt.values()].map((at) => (now - at) / 1000);
    const { unfinishedSeconds, longestSeconds } = this.#metrics.workqueue;
    unfinishedSeconds.set(
      this.#labels,
      ages.reduce((sum, age) => sum + age, 0),
    );
    longestSeconds.set(this.#labels, Math.max(0, ...ages));
  }
}
