import { Gauge, type Registry } from "prom-client";

interface JackpotName {
  readonly namespace: string;
  readonly name: string;
}

interface Info {
  readonly jackpot_namespace: string;
  readonly jackpot: string;
  readonly currency: string;
  readonly reason: string;
}

/**
 * What the operator tells of each Jackpot; one that is gone leaves no series behind. The label is not
 * `namespace`: that is where the pod runs which tells of it.
 */
export class JackpotMetrics {
  readonly #ready: Gauge<"jackpot_namespace" | "jackpot">;
  readonly #info: Gauge<"jackpot_namespace" | "jackpot" | "currency" | "reason">;
  readonly #difference: Gauge<"jackpot_namespace" | "jackpot">;
  readonly #infos = new Map<string, Info>();

  constructor(registry: Registry) {
    const labelNames = ["jackpot_namespace", "jackpot"] as const;
    const registers = [registry];
    this.#ready = new Gauge({
      name: "pitboss_jackpot_ready",
      help: "1 where the Jackpot is Ready, else 0.",
      ...{ labelNames, registers },
    });
    this.#info = new Gauge({
      name: "pitboss_jackpot_info",
      help: "Always 1: the currency of each Jackpot, and the reason of its Ready condition.",
      labelNames: [...labelNames, "currency", "reason"],
      registers,
    });
    this.#difference = new Gauge({
      name: "pitboss_jackpot_books_difference",
      help: "By how many parts of a minor unit a jackpot's books are out; 0, always.",
      ...{ labelNames, registers },
    });
  }

  /** A Jackpot was judged. */
  judged(
    { namespace, name }: JackpotName,
    { ready, currency, reason }: { ready: boolean; currency: string; reason: string },
  ): void {
    const key = `${namespace}/${name}`;
    const labels = { jackpot_namespace: namespace, jackpot: name };
    this.#ready.set(labels, ready ? 1 : 0);
    const before = this.#infos.get(key);
    if (before) this.#info.remove({ ...before });
    const info = { ...labels, currency, reason };
    this.#info.set(info, 1);
    this.#infos.set(key, info);
  }

  /** The books of a Jackpot were looked at. */
  balanced({ namespace, name }: JackpotName, difference: string): void {
    this.#difference.set({ jackpot_namespace: namespace, jackpot: name }, Number(difference));
  }

  /** A Jackpot, `namespace/name`, is gone. */
  deleted(key: string): void {
    const info = this.#infos.get(key);
    if (!info) return;
    const { jackpot_namespace, jackpot } = info;
    this.#info.remove({ ...info });
    for (const gauge of [this.#ready, this.#difference])
      gauge.remove({ jackpot_namespace, jackpot });
    this.#infos.delete(key);
  }
}
