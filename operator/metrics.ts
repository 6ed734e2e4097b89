import { Gauge, Histogram, type Registry } from "prom-client";

interface GameName {
  readonly namespace: string;
  readonly name: string;
}

interface Info {
  readonly namespace: string;
  readonly game: string;
  readonly engine: string;
  readonly revision: string;
  readonly reason: string;
}

// From a restart of one pod to a first rollout that waits for an image.
const SECONDS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800];

/** What the operator tells of each Game; a Game that is gone leaves no series behind. */
export class GameMetrics {
  readonly #ready: Gauge<"namespace" | "game">;
  readonly #info: Gauge<"namespace" | "game" | "engine" | "revision" | "reason">;
  readonly #breach: Gauge<"namespace" | "game">;
  readonly #strain: Gauge<"namespace" | "game">;
  readonly #timeToReady: Histogram;
  readonly #timeToDelete: Histogram;
  readonly #infos = new Map<string, Info>();
  readonly #waiting = new Map<string, number>();

  constructor(registry: Registry) {
    this.#ready = new Gauge({
      name: "pitboss_game_ready",
      help: "1 where the Game is Ready, else 0.",
      labelNames: ["namespace", "game"],
      registers: [registry],
    });
    this.#info = new Gauge({
      name: "pitboss_game_info",
      help: "Always 1: the engine and revision of each Game, and the reason of its Ready condition.",
      labelNames: ["namespace", "game", "engine", "revision", "reason"],
      registers: [registry],
    });
    this.#breach = new Gauge({
      name: "pitboss_game_return_breach",
      help: "1 where play strayed further from the proven return than chance explains and nobody has acknowledged it, else 0.",
      labelNames: ["namespace", "game"],
      registers: [registry],
    });
    this.#strain = new Gauge({
      name: "pitboss_game_return_strain",
      help: "How much of what chance explains play has strayed from the proven return, in the currency where it is most: 1 is a breach.",
      labelNames: ["namespace", "game"],
      registers: [registry],
    });
    this.#timeToReady = new Histogram({
      name: "pitboss_game_time_to_ready_seconds",
      help: "From the moment a Game was seen not to be Ready until it was.",
      buckets: SECONDS,
      registers: [registry],
    });
    this.#timeToDelete = new Histogram({
      name: "pitboss_game_time_to_delete_seconds",
      help: "From the request to delete a Game until nothing of it was left to do.",
      buckets: SECONDS,
      registers: [registry],
    });
  }

  /** A Game was judged. */
  judged(
    { namespace, name }: GameName,
    facts: { ready: boolean; engine: string; revision: string; reason: string; breached: boolean },
  ): void {
    const { ready, breached, ...told } = facts;
    const key = `${namespace}/${name}`;
    this.#ready.set({ namespace, game: name }, ready ? 1 : 0);
    this.#breach.set({ namespace, game: name }, breached ? 1 : 0);
    const info = { namespace, game: name, ...told };
    const before = this.#infos.get(key);
    if (before) this.#info.remove({ ...before });
    this.#info.set({ ...info }, 1);
    this.#infos.set(key, info);
    this.#timeReady(key, ready);
  }

  /** The play of a Game was looked at. */
  strained({ namespace, name }: GameName, strain: number): void {
    // One that went meanwhile would leave a series behind.
    if (this.#infos.has(`${namespace}/${name}`))
      this.#strain.set({ namespace, game: name }, strain);
  }

  /** A Game, `namespace/name`, is gone; `since` is when its deletion was asked for. */
  deleted(key: string, since?: Date): void {
    const info = this.#infos.get(key);
    if (info) {
      const { namespace, game } = info;
      for (const gauge of [this.#ready, this.#breach, this.#strain])
        gauge.remove({ namespace, game });
      this.#info.remove({ ...info });
    }
    this.#infos.delete(key);
    this.#waiting.delete(key);
    if (since) this.#timeToDelete.observe((Date.now() - since.getTime()) / 1000);
  }

  #timeReady(key: string, ready: boolean): void {
    const since = this.#waiting.get(key);
    if (!ready) {
      if (since === undefined) this.#waiting.set(key, performance.now());
    } else if (since !== undefined) {
      this.#waiting.delete(key);
      this.#timeToReady.observe((performance.now() - since) / 1000);
    }
  }
}
