import { accept, type Case, type Fields, manifest, refuse } from "./case.ts";

/** A Chain that is accepted, changed at the given fields. */
function chain(spec: Fields = {}, metadata: Fields = {}): object {
  return manifest("Chain", metadata, {
    protocol: "ethereum",
    network: "mainnet",
    node: chainNode,
    finality: { confirmations: 12 },
    ...spec,
  });
}

const chainNode = { image: "geth:1", args: ["--http"], storage: { hostPath: "/srv/pitboss/main" } };

const withNode = (node: Fields) => chain({ node: { ...chainNode, ...node } });
const withPort = (port: Fields) => withNode({ ports: [{ name: "rpc", port: 8545, ...port }] });
const withClients = (clients: unknown) => chain({ node: { clients, storage: chainNode.storage } });
const splitChain = (node: Fields = {}) =>
  chain({
    topology: "split",
    node: { ...chainNode, storage: { storageClassName: "local", size: "2Ti" }, ...node },
  });

const ether = { asset: "eip155:1/slip44:60", currency: "ETH" };
const withAssets = (assets: unknown) => chain({ assets });

/** The rules of Chains by example. */
export const chainCases: readonly Case[] = [
  accept("a Chain on machines of a kind", chain()),
  refuse("a Chain's name that begins with a digit", chain({}, { name: "1chain" })),
  refuse("a Chain of an unknown protocol", chain({ protocol: "dogma" })),
  refuse("a Chain without a network", chain({ network: undefined })),
  refuse("a Chain whose network has a blank", chain({ network: "main net" })),
  accept(
    "a Chain with its id and genesis",
    chain({ chainId: "eip155:1", genesis: `0x${"ab".repeat(32)}` }),
  ),
  refuse("a Chain whose id is no CAIP-2", chain({ chainId: "1" })),
  refuse("a Chain whose id is of another protocol", chain({ chainId: `bip122:${"0".repeat(32)}` })),
  refuse("a genesis that is no hash", chain({ genesis: "0xab" })),
  refuse("another protocol in an update", chain({ protocol: "bitcoin" }), chain()),
  refuse("another network in an update", chain({ network: "sepolia" }), chain()),
  refuse("another id in an update", chain({ chainId: "eip155:2" }), chain({ chainId: "eip155:1" })),
  refuse("an id that is taken away", chain(), chain({ chainId: "eip155:1" })),
  accept("more confirmations in an update", chain({ finality: { confirmations: 20 } }), chain()),
  refuse("a Chain without finality", chain({ finality: undefined })),
  refuse("no confirmations", chain({ finality: { confirmations: 0 } })),
  accept("a split topology on local volumes", splitChain()),
  accept("a split topology of three nodes", splitChain({ replicas: 3 })),
  refuse("a split topology on a folder", chain({ topology: "split" })),
  refuse("a split topology without a size", splitChain({ storage: { storageClassName: "local" } })),
  refuse(
    "a sidecar topology on volumes",
    withNode({ storage: { storageClassName: "a", size: "1Ti" } }),
  ),
  refuse("a sidecar topology with a number of nodes", withNode({ replicas: 2 })),
  refuse("another topology in an update", splitChain(), chain()),
  refuse("a node without storage", withNode({ storage: undefined })),
  refuse(
    "a folder and a class of volumes",
    withNode({ storage: { hostPath: "/a", storageClassName: "b" } }),
  ),
  refuse("a folder that is not absolute", withNode({ storage: { hostPath: "srv/chain" } })),
  refuse("a folder that climbs", withNode({ storage: { hostPath: "/srv/../etc" } })),
  refuse("the whole machine as a folder", withNode({ storage: { hostPath: "/" } })),
  accept(
    "two clients",
    withClients([
      { name: "geth", image: "a" },
      { name: "lighthouse", image: "b" },
    ]),
  ),
  refuse(
    "a client twice",
    withClients([
      { name: "geth", image: "a" },
      { name: "geth", image: "b" },
    ]),
  ),
  refuse("a client called agent", withClients([{ name: "agent", image: "a" }])),
  refuse("no clients", withClients([])),
  refuse("an image and clients", withNode({ clients: [{ name: "geth", image: "a" }] })),
  refuse("neither an image nor clients", withNode({ image: undefined, args: undefined })),
  refuse(
    "arguments beside clients",
    chain({
      node: { args: ["a"], clients: [{ name: "a", image: "a" }], storage: chainNode.storage },
    }),
  ),
  accept(
    "a port for peers on the machine",
    withPort({ name: "p2p", port: 30303, p2p: true, hostPort: true }),
  ),
  refuse("a port on the machine that is not for peers", withPort({ hostPort: true })),
  refuse("a port of the agent", withPort({ name: "grpc" })),
  refuse("a port below 1024", withPort({ port: 80 })),
  refuse(
    "a client's variable of the platform",
    withNode({ env: [{ name: "PITBOSS_DATA", value: "/" }] }),
  ),
  accept("a node that is run elsewhere", withNode({ endpoints: ["https://node.example/rpc"] })),
  refuse("a node elsewhere with a password", withNode({ endpoints: ["https://a:b@node.example"] })),
  refuse("a node that runs as root", withNode({ user: 0 })),
  accept(
    "a placement of its own",
    chain({ placement: { nodeSelector: { disk: "fast" }, tolerations: [] } }),
  ),
  refuse(
    "a toleration without a key in a placement",
    chain({ placement: { tolerations: [{ value: "a" }] } }),
  ),
  accept(
    "assets with their currencies",
    withAssets([
      { asset: "eip155:1/slip44:60", currency: "ETH", minWithdrawal: "0.01" },
      { asset: `eip155:1/erc20:0x${"a0".repeat(20)}`, currency: "USDC" },
    ]),
  ),
  refuse("an asset that is no CAIP-19", withAssets([{ asset: "ETH", currency: "ETH" }])),
  refuse("an asset twice", withAssets([ether, ether])),
  refuse(
    "an asset of another currency in an update",
    withAssets([{ ...ether, currency: "BTC" }]),
    withAssets([ether]),
  ),
  refuse("a smallest withdrawal of nothing", withAssets([{ ...ether, minWithdrawal: "0" }])),
  accept("a signer", chain({ signer: { secretName: "dev-signer" } })),
  refuse("a signer without a Secret", chain({ signer: {} })),
  refuse("an unknown field of a Chain", chain({ colour: "gold" })),
];
