/**
 * The names and labels of everything that a Game owns. Selectors, informers, network policies and
 * tests take them from here, so that a name is spelt once.
 */
import type { Game } from "../../../crds/generated/game.ts";
import { OURS } from "../../platform/child.ts";
import { GAME_LABEL } from "../../platform/names.ts";

/** What cleans up outside the cluster before a Game may go. */
export const FINALIZER = "pitboss.dev/game";

/** The UID of an earlier Game whose schema this one may take over. */
export const ADOPT_ANNOTATION = "pitboss.dev/adopt";

/** Who looked into a breach of the return, what it was, and the ticket: another value closes what stands open. */
export const ACKNOWLEDGED_ANNOTATION = "pitboss.dev/return-acknowledged";

/** On ConfigMaps, pods and so on ReplicaSets: the revision that they are of. */
export const REVISION_LABEL = "pitboss.dev/revision";

type Named = Pick<Game, "metadata">;

/** One name serves for each kind of which a Game owns one. */
export const childName = (game: Named): string => game.metadata.name;

/** The immutable configuration of one revision. */
export const configMapName = (game: Named, revision: string): string =>
  `${game.metadata.name}-${revision}`;

/** How the runtime reaches its database, and the key that its seeds are encrypted with. */
export const secretName = (game: Named): string => `${game.metadata.name}-runtime`;

/** Where players reach the game, below the platform's address. */
export const gamePath = (game: Named): string => `/games/${game.metadata.name}`;

/** The game's schema in PostgreSQL; its role has the same name. */
export const schemaName = (game: Named): string => `game_${game.metadata.name}`;

/** What selects the pods of a Game. Immutable in a Deployment, so it never says more than this. */
export const selectorLabels = (game: Named): Record<string, string> => ({
  [GAME_LABEL]: game.metadata.name,
});

/** The labels of every child. */
export const labels = (game: Named): Record<string, string> => ({
  "app.kubernetes.io/name": game.metadata.name,
  ...OURS,
  ...selectorLabels(game),
});
