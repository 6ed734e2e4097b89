import type { Chain } from "../../../crds/generated/chain.ts";
import type { ObjectMeta } from "../../kube/object.ts";
import { type Child, ownedMeta } from "../../platform/child.ts";
import { labels } from "./names.ts";

export type { Child };

/** The metadata of a Chain's child. */
export function childMeta(
  chain: Chain,
  name: string,
  more: { labels?: Record<string, string>; annotations?: Record<string, string> } = {},
): ObjectMeta {
  return ownedMeta(chain, labels(chain), name, more);
}
