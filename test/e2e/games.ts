/** A coin-flip Game beside the examples; `change` overrides parts of its spec. */
export function coinFlipGame(name: string, change: Record<string, unknown> = {}): object {
  return {
    apiVersion: "pitboss.dev/v1alpha1",
    kind: "Game",
    metadata: { name, namespace: "casino" },
    spec: {
      engine: "coin-flip",
      title: `Coin flip (${name})`,
      config: { multiplier: "1.96" },
      returnToPlayer: { min: "0.96" },
      stakes: [{ currency: "USD", min: "0.25", max: "100", step: "0.25", maxPayout: "1000" }],
      replicas: 1,
      ...change,
    },
  };
}

/** The body of a bet on heads. */
export const heads = { stake: "1.00", currency: "USD", bet: { side: "heads" } };
