import type { Game } from "../../../crds/generated/game.ts";
import type { Platform } from "../../config.ts";
import { GAME_LABEL } from "../../platform/names.ts";
import { type Child, childMeta } from "./child.ts";
import { childName, selectorLabels } from "./names.ts";

/** Tells Prometheus to read the metrics of the game's pods. */
export function buildServiceMonitor(game: Game, { monitoring }: Platform): Child {
  return {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "ServiceMonitor",
    metadata: childMeta(game, childName(game), { labels: { ...monitoring.labels } }),
    spec: {
      selector: { matchLabels: selectorLabels(game) },
      // The label becomes pitboss_dev_game on every series; the rules select by it.
      targetLabels: [GAME_LABEL],
      endpoints: [{ port: "operations", path: "/metrics", interval: "30s" }],
    },
  };
}
