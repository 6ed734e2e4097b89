import type { Game } from "../../../crds/generated/game.ts";
import { AGENT_PORTS } from "../../chain/resources/agent.ts";
import { ENTROPY_LABEL } from "../../chain/resources/network-policy.ts";
import type { KeyPair } from "../../platform/certificates.ts";
import { namespaceCalled, tcp } from "../../platform/network-policy.ts";
import { type Child, childMeta } from "./child.ts";

/** How a game's pods reach the agents of the chain that its entropy comes from. */
export interface ChainAccess {
  /** `namespace/name` of the Chain. */
  readonly chain: string;
  /** A gRPC target. */
  readonly target: string;
  readonly tls: KeyPair & { readonly ca: string };
}

/** The files of the certificate, and the keys of its Secret. */
export const TLS_FILES = { cert: "tls.crt", key: "tls.key", ca: "ca.crt" } as const;

const FOLDER = "/etc/pitboss/chain";

/** The game's certificate for the chain's agents. */
export const chainSecretName = ({ metadata }: Pick<Game, "metadata">): string =>
  `${metadata.name}-chain`;

const base64 = (text: string): string => Buffer.from(text, "utf8").toString("base64");

/** The game's own certificate; none where it takes no entropy. */
export function buildChainSecret(game: Game, access: ChainAccess | undefined): Child | undefined {
  if (!access) return undefined;
  const { cert, key, ca } = access.tls;
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: childMeta(game, chainSecretName(game)),
    type: "Opaque",
    data: {
      [TLS_FILES.cert]: base64(cert),
      [TLS_FILES.key]: base64(key),
      [TLS_FILES.ca]: base64(ca),
    },
  };
}

/** Where the runtime finds the agents; which chain a seed pair takes, the catalogue says (operator/database/catalogue.ts). */
export function entropyVariables(access: ChainAccess | undefined): Record<string, string> {
  if (!access) return {};
  return {
    PITBOSS_CHAIN_AGENTS: access.target,
    PITBOSS_CHAIN_TLS_DIR: FOLDER,
  };
}

/** By which the chain's policy knows the pods that may ask its agents. */
export function entropyLabels(access: ChainAccess | undefined): Record<string, string> {
  return access ? { [ENTROPY_LABEL]: access.chain.split("/")[1] ?? "" } : {};
}

export function entropyVolumes(game: Game, access: ChainAccess | undefined): object[] {
  if (!access) return [];
  return [{ name: "chain", secret: { secretName: chainSecretName(game), defaultMode: 0o440 } }];
}

export function entropyMounts(access: ChainAccess | undefined): object[] {
  return access ? [{ name: "chain", mountPath: FOLDER, readOnly: true }] : [];
}

/** Out to the chains' agents, where the game asks one. */
export function entropyEgress(access: ChainAccess | undefined): object[] {
  const namespace = access?.chain.split("/")[0];
  if (!namespace) return [];
  return [{ to: [namespaceCalled(namespace)], ports: [tcp(AGENT_PORTS.grpc)] }];
}
