import type { Game } from "../../../crds/generated/game.ts";
import { type Child, childMeta } from "./child.ts";
import { childName, selectorLabels } from "./names.ts";

/** The ports of a game's Service: players come in by one, Prometheus by the other. */
export const SERVICE_PORTS = { http: 80, operations: 9090 } as const;

/** The address of a game's pods inside the cluster. */
export function buildService(game: Game): Child {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: childMeta(game, childName(game)),
    spec: {
      type: "ClusterIP",
      selector: selectorLabels(game),
      ports: Object.entries(SERVICE_PORTS).map(([name, port]) => ({
        name,
        port,
        targetPort: name,
        protocol: "TCP",
      })),
    },
  };
}
