import type { Game } from "../../../crds/generated/game.ts";
import type { Platform } from "../../config.ts";
import { type Child, childMeta } from "./child.ts";
import { childName, gamePath } from "./names.ts";

/** Leads players from the platform's ingress controller to the game, where the platform has one. */
export function buildIngress(game: Game, { ingress }: Platform): Child | undefined {
  if (!ingress) return undefined;
  const { className, annotations } = ingress;
  const service = { name: childName(game), port: { name: "http" } };
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: childMeta(game, childName(game), { annotations: { ...annotations } }),
    spec: {
      ingressClassName: className,
      rules: [
        {
          http: {
            paths: [{ path: gamePath(game), pathType: "Prefix", backend: { service } }],
          },
        },
      ],
    },
  };
}
