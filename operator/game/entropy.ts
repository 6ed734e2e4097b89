/** Where a Game's entropy comes from: what its pods are told of the chain, and how the chain is. */
import type { Chain } from "../../crds/generated/chain.ts";
import type { Game } from "../../crds/generated/game.ts";
import type { Platform } from "../config.ts";
import { isControlledBy } from "../kube/owner.ts";
import type { ApplyContext } from "../platform/apply.ts";
import type { Authority } from "../platform/authority.ts";
import { kinds } from "../platform/kinds.ts";
import { readSecret } from "../platform/secrets.ts";
import { type ChainAccess, chainSecretName, TLS_FILES } from "./resources/entropy.ts";

/** The Chain that a Game takes its entropy from. */
export type EntropySource =
  | { readonly state: "unused" }
  | { readonly state: "missing"; readonly chain: string }
  | { readonly state: "notReady"; readonly chain: string; readonly why: string }
  | { readonly state: "ready"; readonly chain: string };

/** `namespace/name` of the Chain that the Game names; undefined where it names none. */
export function chainKey(
  { spec }: Game,
  { chainNamespace }: Pick<Platform, "chainNamespace">,
): string | undefined {
  const chain = spec.fairness?.entropy?.chain;
  return chain && `${chainNamespace}/${chain}`;
}

/** How the chain is, by the Chain's own word. */
export function entropySource(
  chain: string | undefined,
  find: (key: string) => Chain | undefined,
): EntropySource {
  if (chain === undefined) return { state: "unused" };
  const found = find(chain);
  if (!found || found.metadata.deletionTimestamp) return { state: "missing", chain };
  const ready = readiness(found);
  if (ready?.status === "True") return { state: "ready", chain };
  return { state: "notReady", chain, why: ready?.reason ?? "Unreported" };
}

/** The Ready condition of a Chain. */
export function readiness({ status }: Chain) {
  return status?.conditions?.find(({ type }) => type === "Ready");
}

export interface EntropyContext extends Pick<ApplyContext, "client" | "cacheOf"> {
  readonly platform: Platform;
  readonly authority: Pick<Authority, "current" | "certificate">;
}

/** How the game's pods reach the chain's agents, with a certificate of the game's own. */
export async function chainAccess(
  { platform, authority, client, cacheOf }: EntropyContext,
  game: Game,
): Promise<ChainAccess | undefined> {
  const chain = chainKey(game, platform);
  if (!chain) return undefined;
  const [chainNamespace = "", chainName = ""] = chain.split("/");
  const { namespace, name } = game.metadata;
  const where = { namespace, name: chainSecretName(game) };
  const live =
    cacheOf(kinds.secret).get(`${namespace}/${where.name}`) ??
    (await client.find(kinds.secret, where));
  const own = live && isControlledBy(live, game) ? live : undefined;
  const [cert, key] = [readSecret(own, TLS_FILES.cert), readSecret(own, TLS_FILES.key)];
  const pair = await authority.certificate(cert && key ? { cert, key } : undefined, {
    name: `game/${namespace}/${name}`,
  });
  return {
    chain,
    target: platform.chainAgents
      .replaceAll("{namespace}", chainNamespace)
      .replaceAll("{name}", chainName),
    tls: { ...pair, ca: (await authority.current()).cert },
  };
}
