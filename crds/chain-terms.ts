import { currencies } from "../games/currencies.ts";
import type { Problem } from "../games/game.ts";
import { parseAmount } from "../games/money.ts";
import type { ChainAsset, ChainClient, ChainPort, ChainSpec } from "./generated/chain.ts";
import { networks } from "./networks.ts";

/** What a Chain comes to once its defaults are known. */
export interface ChainTerms {
  /** CAIP-2. */
  readonly chainId: string;
  readonly genesis: string | undefined;
  /** In the order of their start. */
  readonly clients: readonly ChainClient[];
  readonly assets: readonly AssetTerms[];
  /** The ports that an agent asks. */
  readonly rpcPorts: readonly ChainPort[];
}

/** An asset and the currency in which it is kept; the amount in the smallest unit of both. */
export interface AssetTerms {
  readonly asset: string;
  readonly currency: string;
  readonly minWithdrawal: bigint;
}

const DEFAULT_RPC = { ethereum: 8545, bitcoin: 8332 } as const;

/** The terms of a Chain that passed its schema, or what is wrong with them. */
export function chainTerms(spec: ChainSpec): { terms: ChainTerms } | { problems: Problem[] } {
  const known = networks[spec.protocol]?.[spec.network];
  const clients = clientsOf(spec);
  const ports = clients.flatMap((client) => client.ports ?? []);
  const rpcPorts = ports.filter(isRpc);
  const chainId = spec.chainId ?? known?.chainId;
  const assets = spec.assets.map((asset) => assetTerms(asset, chainId));
  const problems = [
    ...identityProblems(spec, known),
    ...assets.flatMap((read) => ("problem" in read ? [read.problem] : [])),
    ...portProblems(clients),
    ...(rpcPorts.length > 0
      ? []
      : [{ pointer: "/spec/node/clients", message: "no client has a port called rpc to ask" }]),
  ];
  if (problems.length > 0 || chainId === undefined) return { problems };
  const terms = assets.flatMap((read) => ("terms" in read ? [read.terms] : []));
  const genesis = spec.genesis ?? known?.genesis;
  return { terms: { chainId, genesis, clients, rpcPorts, assets: terms } };
}

function assetTerms(
  { asset, currency, minWithdrawal }: ChainAsset,
  chainId: string | undefined,
): { terms: AssetTerms } | { problem: Problem } {
  const wrong = (message: string) => ({ problem: { pointer: "/spec/assets", message } });
  const digits = currencies.get(currency);
  if (digits === undefined) {
    return wrong(`no currency ${currency} here; use one of ${[...currencies.keys()].join(", ")}`);
  }
  if (chainId !== undefined && !asset.startsWith(`${chainId}/`)) {
    return wrong(`${asset} is not on this chain; it begins with ${chainId}/`);
  }
  const least = minWithdrawal === undefined ? 1n : parseAmount(minWithdrawal, digits);
  if (least === undefined) {
    return wrong(`"${minWithdrawal}" is no amount of ${currency}; use at most ${digits} decimals`);
  }
  return { terms: { asset, currency, minWithdrawal: least } };
}

/** Does the agent ask it? */
export function isRpc({ name }: ChainPort): boolean {
  return name === "rpc" || name.startsWith("rpc-");
}

function clientsOf({ protocol, node }: ChainSpec): readonly ChainClient[] {
  const { image, command, args, ports = [], env, resources, clients } = node;
  const rpc = { name: "rpc", port: DEFAULT_RPC[protocol], protocol: "TCP" as const };
  const asked = (own: readonly ChainPort[]) =>
    own.some(isRpc) ? [...own] : [{ ...rpc, p2p: false, hostPort: false }, ...own];
  if (image === undefined) {
    const [first, ...others] = clients ?? [];
    if (first === undefined || clients?.some((one) => one.ports?.some(isRpc))) return clients ?? [];
    return [{ ...first, ports: asked(first.ports ?? []) }, ...others];
  }
  return [
    {
      ...{ name: "node", image, ports: asked(ports) },
      ...(command ? { command } : {}),
      ...(args ? { args } : {}),
      ...(env ? { env } : {}),
      ...(resources ? { resources } : {}),
    },
  ];
}

function identityProblems(
  { chainId, genesis, protocol, network }: ChainSpec,
  known: { chainId: string; genesis: string } | undefined,
): Problem[] {
  if (known === undefined && chainId === undefined) {
    const message = `the ${protocol} network ${network} is not among those known (${Object.keys(networks[protocol] ?? {}).join(", ")}); set chainId`;
    return [{ pointer: "/spec/chainId", message }];
  }
  const other = (pointer: string, given: string | undefined, right: string | undefined) =>
    given !== undefined && right !== undefined && given !== right
      ? [
          {
            pointer,
            message: `${network} has ${right}; correct it, or give the network another name`,
          },
        ]
      : [];
  return [
    ...other("/spec/chainId", chainId, known?.chainId),
    ...other("/spec/genesis", genesis, known?.genesis),
  ];
}

// The clients of a node share one network, and one list of names.
function portProblems(clients: readonly ChainClient[]): Problem[] {
  const names = new Set<string>();
  const numbers = new Set<string>(["TCP 9000", "TCP 9090"]);
  return clients.flatMap((client) =>
    (client.ports ?? []).flatMap(({ name, port, protocol }) => {
      const place = `${protocol} ${port}`;
      const taken = names.has(name) ? `port name ${name}` : numbers.has(place) && `port ${place}`;
      names.add(name);
      numbers.add(place);
      const message = `${taken} of client ${client.name} is taken already; choose another`;
      return taken ? [{ pointer: "/spec/node", message }] : [];
    }),
  );
}
