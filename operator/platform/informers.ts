import type { Chain } from "../../crds/generated/chain.ts";
import type { Game } from "../../crds/generated/game.ts";
import type { Jackpot } from "../../crds/generated/jackpot.ts";
import type { Informer } from "../kube/informer.ts";
import type { KubeObject } from "../kube/object.ts";
import { OURS } from "./child.ts";
import { kinds } from "./kinds.ts";
import { labelledKeys, type Machinery } from "./machinery.ts";
import { GAME_LABEL } from "./names.ts";

/** The caches that more than one controller reads: each kind travels and is kept once. */
export interface SharedInformers {
  /** By `name`, by `uid`, and by `jackpot`: `namespace/name` of each that the Game names. */
  readonly games: Informer<Game>;
  readonly jackpots: Informer<Jackpot>;
  readonly chains: Informer<Chain>;
  /** Those that Pitboss made; by `game`. */
  readonly prometheusRules: Informer;
}

export const BY_NAME = "name";
export const BY_UID = "uid";
export const BY_JACKPOT = "jackpot";
/** By the name of the Chain that the Game's entropy comes from. */
export const BY_ENTROPY = "entropy";
/** The caches of children and pods are looked up by the Game that they are of. */
export const BY_GAME = "game";

/** Begins to watch what several controllers need. */
export function sharedInformers({ informer }: Pick<Machinery, "informer">): SharedInformers {
  return {
    games: informer<Game>({
      kind: kinds.game,
      indexes: {
        [BY_NAME]: ({ metadata }) => [metadata.name],
        [BY_UID]: ({ metadata }) => [metadata.uid],
        [BY_JACKPOT]: jackpotKeys,
        [BY_ENTROPY]: ({ spec }) => (spec.fairness?.entropy ? [spec.fairness.entropy.chain] : []),
      },
      resync: true,
    }),
    jackpots: informer<Jackpot>({ kind: kinds.jackpot, resync: true }),
    chains: informer<Chain>({ kind: kinds.chain, resync: true }),
    prometheusRules: informer({
      kind: kinds.prometheusRule,
      labels: OURS,
      indexes: { [BY_GAME]: (object: KubeObject) => labelledKeys(object, GAME_LABEL) },
      optional: true,
    }),
  };
}

/** `namespace/name` of each Jackpot that the Game names. */
export function jackpotKeys({ metadata, spec }: Game): string[] {
  return (spec.jackpots ?? []).map(({ name }) => `${metadata.namespace}/${name}`);
}
