import { Gauge, type Registry } from "prom-client";

interface ChainName {
  readonly namespace: string;
  readonly name: string;
}

/** What the operator tells of each Chain; one that is gone leaves no series behind. */
export class ChainMetrics {
  readonly #ready: Gauge<"namespace" | "chain">;
  readonly #violated: Gauge<"namespace" | "chain">;

  constructor(registry: Registry) {
    const labelNames = ["namespace", "chain"] as const;
    this.#ready = new Gauge({
      name: "pitboss_chain_ready",
      help: "1 where the Chain is Ready, else 0.",
      ...{ labelNames, registers: [registry] },
    });
    this.#violated = new Gauge({
      name: "pitboss_chain_finality_violated",
      help: "1 where a block that was final is gone or in doubt, else 0.",
      ...{ labelNames, registers: [registry] },
    });
  }

  /** A Chain was judged. */
  judged({ namespace, name }: ChainName, facts: { ready: boolean; violated: boolean }): void {
    this.#ready.set({ namespace, chain: name }, facts.ready ? 1 : 0);
    this.#violated.set({ namespace, chain: name }, facts.violated ? 1 : 0);
  }

  /** A Chain, `namespace/name`, is gone. */
  deleted(key: string): void {
    const [namespace = "", chain = ""] = key.split("/");
    this.#ready.remove({ namespace, chain });
    this.#violated.remove({ namespace, chain });
  }
}
