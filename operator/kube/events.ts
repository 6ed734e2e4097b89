import { createHash } from "node:crypto";
import type { Client } from "./client.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { Logger } from "./logger.ts";
import { microTime } from "./micro-time.ts";
import type { Kind, KubeObject } from "./object.ts";

export const EVENT: Kind = {
  apiVersion: "events.k8s.io/v1",
  kind: "Event",
  plural: "events",
  namespaced: true,
};

/** What happened to an object, for people. */
export interface EventFacts {
  type: "Normal" | "Warning";
  /** CamelCase, from a short fixed list. */
  reason: string;
  /** What was being done, CamelCase: Provision, Apply, Delete. */
  action: string;
  note: string;
}

export interface EventRecorderOptions {
  client: Client;
  /** A qualified name: pitboss.dev/operator. */
  controller: string;
  instance: string;
  logger: Logger;
  clock?: Clock | undefined;
}

interface Series {
  event: KubeObject & Record<string, unknown>;
  count: number;
  lastAt: number;
  /** Cancels the write of a grown count. */
  cancel?: (() => void) | undefined;
}

// The API's own bound is 1024 bytes.
const NOTE_BYTES_MAX = 1000;
/** The same again within this time is one event with a count. */
const SERIES_MS = 6 * 60_000;
/** How often a growing count is written. */
const REFRESH_MS = 10_000;
/** The most different events on one object within SERIES_MS; more help nobody. */
const PER_OBJECT = 25;
const BACKLOG = 1000;

/**
 * Tells people what changed. Record only when something did: what repeats becomes a series.
 * Neither waits nor throws: an event that cannot be written is logged and forgotten.
 */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #clock: Clock;
  readonly #series = new Map<string, Series>();
  #sending: Promise<void> = Promise.resolve();
  #backlog = 0;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Tells of that object. */
  record(regarding: KubeObject, facts: EventFacts): void {
    this.#forgetOld();
    const object = regarding.metadata.uid ?? `${regarding.kind}/${regarding.metadata.name}`;
    const key = JSON.stringify([object, facts.type, facts.reason, facts.action, facts.note]);
    const series = this.#series.get(key);
    if (series) {
      this.#again(series);
      return;
    }
    const prefix = `${JSON.stringify([object]).slice(0, -1)},`;
    if ([...this.#series.keys()].filter((one) => one.startsWith(prefix)).length >= PER_OBJECT) {
      this.#options.logger.debug(
        { object, ...facts },
        "too many events on one object; not recorded",
      );
      return;
    }
    const event = this.#event(regarding, facts, key);
    this.#series.set(key, { event, count: 1, lastAt: this.#clock.monotonic() });
    this.#send(event);
  }

  /** Writes what waits; resolves when all that was recorded is written or given up. */
  async flush(): Promise<void> {
    for (const series of this.#series.values()) if (series.cancel) this.#count(series);
    await this.#sending;
  }

  #again(series: Series): void {
    series.count++;
    series.lastAt = this.#clock.monotonic();
    series.cancel ??= this.#clock.after(REFRESH_MS, () => this.#count(series));
  }

  #count(series: Series): void {
    series.cancel?.();
    series.cancel = undefined;
    const lastObservedTime = microTime(this.#clock.date());
    this.#send({ ...series.event, series: { count: series.count, lastObservedTime } });
  }

  #event(regarding: KubeObject, facts: EventFacts, key: string): Series["event"] {
    const { name, namespace, uid, resourceVersion } = regarding.metadata;
    const { controller, instance } = this.#options;
    const now = this.#clock.date();
    const id = createHash("sha256").update(`${now.getTime()}${instance}${key}`).digest("hex");
    return {
      apiVersion: EVENT.apiVersion,
      kind: EVENT.kind,
      metadata: {
        name: `${name.slice(0, 200)}.${id.slice(0, 16)}`,
        namespace: namespace ?? "default",
      },
      eventTime: microTime(now),
      reportingController: controller,
      reportingInstance: instance.slice(0, 128),
      type: facts.type,
      reason: facts.reason,
      action: facts.action,
      note: shortened(facts.note),
      regarding: {
        apiVersion: regarding.apiVersion,
        kind: regarding.kind,
        name,
        ...(namespace ? { namespace } : {}),
        ...(uid ? { uid } : {}),
        ...(resourceVersion ? { resourceVersion } : {}),
      },
    };
  }

  // One after the other: events must never crowd out the work they tell of.
  #send(event: Series["event"]): void {
    const { client, logger } = this.#options;
    if (this.#backlog >= BACKLOG) {
      logger.warn({ event: event.metadata.name }, "too many events wait; one is dropped");
      return;
    }
    this.#backlog++;
    this.#sending = this.#sending.then(async () => {
      try {
        await client.apply(EVENT, event, { timeoutMs: 10_000 });
      } catch (error) {
        logger.warn({ event: event.metadata.name, err: error }, "cannot record an event");
      }
      this.#backlog--;
    });
  }

  #forgetOld(): void {
    const old = this.#clock.monotonic() - SERIES_MS;
    for (const [key, { lastAt, cancel }] of this.#series) {
      if (lastAt < old && !cancel) this.#series.delete(key);
    }
  }
}

// A character cut in two is left out.
function shortened(note: string): string {
  const bytes = Buffer.from(note);
  if (bytes.length <= NOTE_BYTES_MAX) return note;
  return `${new TextDecoder().decode(bytes.subarray(0, NOTE_BYTES_MAX), { stream: true })}…`;
}
