import type { Game, GameSpec } from "../../../crds/generated/game.ts";
import { type Platform, readConfig } from "../../config.ts";
import type { Observed } from "../observe.ts";
import type { Credentials } from "../resources/facts.ts";

/** The least environment that an operator starts with. */
export const ENVIRONMENT = {
  PITBOSS_ISSUER: "https://login.example",
  PITBOSS_AUDIENCE: "pitboss",
  PITBOSS_JWKS: '{"keys": []}',
  PITBOSS_GATEWAY: "pitboss/pitboss",
} as const;

/** A platform as those settings make it, changed as a test wants. */
export function platform(change: Partial<Platform> = {}): Platform {
  return { ...readConfig(ENVIRONMENT).platform, ...change };
}

/** A Game as the API server hands it out, its defaults filled in. */
export function game(change: Partial<GameSpec> = {}): Game {
  return {
    apiVersion: "pitboss.dev/v1alpha1",
    kind: "Game",
    metadata: {
      name: "coin-flip",
      namespace: "casino",
      uid: "11111111-2222-3333-4444-555555555555",
      resourceVersion: "7",
      generation: 3,
      creationTimestamp: "2026-01-01T00:00:00Z",
    },
    spec: {
      engine: "coin-flip",
      config: { multiplier: "1.96" },
      returnToPlayer: { min: "0.96", sideMin: "0", max: "1" },
      stakes: [{ currency: "USD", min: "0.25", max: "100", maxPayout: "1000" }],
      openRounds: { timeout: "24h" },
      jackpots: [],
      state: "Active",
      ...(change.autoscaling ? {} : { replicas: 2 }),
      database: { deletionPolicy: "Retain" },
      monitoring: { onReturnBreach: "Alert" },
      template: {},
      ...change,
    },
  };
}

export const REVISION = "0123456789abcdef";

export const serving = {
  engine: "coin-flip",
  engineVersion: "1",
  config: { multiplier: "1.96" },
  revision: REVISION,
  returns: { exact: "49/50", decimal: "0.98", percent: "98.00%" },
};

export const credentials: Credentials = {
  host: "db.example",
  port: 5432,
  database: "pitboss",
  user: "game_coin-flip",
  password: "secret",
  seedKey: "ab".repeat(32),
};

/** A Game that has all that it needs, changed as a test wants. */
export function observed(change: Partial<Observed> = {}): Observed {
  return {
    game: game(),
    verdict: { proven: "returns 98.00%" },
    database: { schema: "game_coin-flip", migrations: ["0001-tables"] },
    serving,
    entropy: { state: "unused" },
    breaches: [],
    state: "Active",
    jackpots: [],
    faults: [],
    deployment: {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "coin-flip", namespace: "casino", generation: 4 },
      spec: {
        replicas: 2,
        template: { metadata: { labels: { "pitboss.dev/revision": REVISION } } },
      },
      status: {
        observedGeneration: 4,
        replicas: 2,
        updatedReplicas: 2,
        readyReplicas: 2,
        availableReplicas: 2,
        conditions: [{ type: "Progressing", status: "True", reason: "NewReplicaSetAvailable" }],
      },
    },
    pods: [],
    way: {
      kind: "HTTPRoute",
      served: true,
      live: {
        apiVersion: "gateway.networking.k8s.io/v1",
        kind: "HTTPRoute",
        metadata: { name: "coin-flip", namespace: "casino", generation: 1 },
        status: {
          parents: [
            {
              parentRef: { name: "pitboss" },
              conditions: [{ type: "Accepted", status: "True", observedGeneration: 1 }],
            },
          ],
        },
      },
    },
    missingKinds: [],
    ...change,
  };
}
