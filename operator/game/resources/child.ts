import type { Game } from "../../../crds/generated/game.ts";
import type { ObjectMeta } from "../../kube/object.ts";
import { ownedMeta } from "../../platform/child.ts";
import { labels } from "./names.ts";

export type { Child } from "../../platform/child.ts";

/** The metadata of a child: the Game's namespace, labels and controller reference. */
export function childMeta(
  game: Game,
  name: string,
  more: { labels?: Record<string, string>; annotations?: Record<string, string> } = {},
): ObjectMeta {
  return ownedMeta(game, labels(game), name, more);
}
