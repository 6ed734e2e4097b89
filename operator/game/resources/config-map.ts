import canonicalize from "canonicalize";
import type { Game } from "../../../crds/generated/game.ts";
import { type Child, childMeta } from "./child.ts";
import type { Revision } from "./facts.ts";
import { configMapName, REVISION_LABEL } from "./names.ts";

/** The file of the ConfigMap that the runtime reads. */
export const REVISION_FILE = "revision.json";

/**
 * The configuration of one revision. Immutable and named by what is in it, so that a pod that starts
 * again gets what it was rolled out with, whatever the Game says by then.
 */
export function buildConfigMap(game: Game, revision: Revision): Child {
  const { engine, engineVersion, config, revision: id } = revision;
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: childMeta(game, configMapName(game, id), { labels: { [REVISION_LABEL]: id } }),
    immutable: true,
    data: { [REVISION_FILE]: canonicalize({ engine, engineVersion, config, revision: id }) ?? "" },
  };
}
