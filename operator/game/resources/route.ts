import type { Game } from "../../../crds/generated/game.ts";
import type { Platform } from "../../config.ts";
import { type Child, childMeta } from "./child.ts";
import { childName, gamePath } from "./names.ts";
import { SERVICE_PORTS } from "./service.ts";

/** Leads players from the platform's Gateway to the game, where the platform has one. */
export function buildRoute(game: Game, { gateway }: Platform): Child | undefined {
  if (!gateway) return undefined;
  return {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: childMeta(game, childName(game)),
    spec: {
      parentRefs: [
        {
          group: "gateway.networking.k8s.io",
          kind: "Gateway",
          namespace: gateway.namespace,
          name: gateway.name,
        },
      ],
      rules: [
        {
          matches: [{ path: { type: "PathPrefix", value: gamePath(game) } }],
          backendRefs: [{ kind: "Service", name: childName(game), port: SERVICE_PORTS.http }],
        },
      ],
    },
  };
}
