import type { Game } from "../../../crds/generated/game.ts";
import type { KubeObject, ObjectMeta } from "../../kube/object.ts";
import { ownerReference } from "../../kube/owner.ts";
import { labels } from "./names.ts";

/** An object as a builder states it: the fields that Pitboss owns and no others. */
export type Child = KubeObject & { readonly [field: string]: unknown };

/** The metadata of a child: the Game's namespace, labels and controller reference. */
export function childMeta(
  game: Game,
  name: string,
  more: { labels?: Record<string, string>; annotations?: Record<string, string> } = {},
): ObjectMeta {
  return {
    name,
    namespace: game.metadata.namespace,
    labels: { ...more.labels, ...labels(game) },
    ...(more.annotations ? { annotations: more.annotations } : {}),
    ownerReferences: [ownerReference(game)],
  };
}
