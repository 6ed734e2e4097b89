// Generated from crds/chain.yaml by `npm run generate`: do not edit.
import type {ObjectMeta} from "../object-meta.ts";

/**
 * A block chain that the casino follows - its nodes on bare metal, and the agents that speak for them.
 */
export interface Chain {
  apiVersion: "pitboss.dev/v1alpha1";
  kind: "Chain";
  metadata: ObjectMeta;
  spec: ChainSpec;
  status?: ChainStatus;
}
/**
 * What nodes and agents the casino wants.
 */
export interface ChainSpec {
  /**
   * The family of the chain; Litecoin and the like speak bitcoin.
   */
  protocol: "ethereum" | "bitcoin";
  /**
   * What people call it, such as mainnet, sepolia or regtest; it is shown in proofs. Those that are known need no chainId.
   */
  network: string;
  /**
   * The chain by CAIP-2, such as eip155:1; an agent refuses a node of any other.
   */
  chainId?: string;
  /**
   * The hash of block 0. An agent refuses a node that has another one.
   */
  genesis?: string;
  /**
   * True for a development chain, whose blocks anybody can make at will; proofs that use it say so.
   */
  insecure: boolean;
  /**
   * sidecar runs the node's clients and the agent in one pod, on every machine chosen; split runs the nodes in a StatefulSet on local volumes and the agents apart, so that an agent's update stops no node.
   */
  topology: "sidecar" | "split";
  node: ChainNode;
  finality: Finality;
  placement: Placement;
  /**
   * What players may pay in and out. The asset's smallest unit is the currency's.
   *
   * @maxItems 16
   */
  assets: ChainAsset[];
  signer?: Signer;
}
/**
 * A node of the chain, one client or several.
 */
export interface ChainNode {
  /**
   * Image of the client.
   */
  image?: string;
  /**
   * Command and arguments, where the image's own will not do.
   *
   * @maxItems 64
   */
  command?: string[];
  /**
   * Arguments of the client. $(PITBOSS_RPC_PORT) stands for the port called rpc, and so for every port; $(PITBOSS_DATA) for the data folder, $(PITBOSS_JWT_FILE) for the secret that clients of one node share.
   *
   * @maxItems 64
   */
  args?: string[];
  /**
   * Ports of the client. Those of which the agent asks are called rpc or rpc-…, one for each client that has one; without any, rpc is 8545 for ethereum and 8332 for bitcoin.
   *
   * @maxItems 8
   */
  ports?: ChainPort[];
  /**
   * The clients in the order of their start, such as the execution client and then the consensus client; they stop the other way round, after the agent.
   *
   * @minItems 1
   * @maxItems 4
   */
  clients?: ChainClient[];
  /**
   * Literal variables for the client's process.
   *
   * @maxItems 32
   */
  env?: ClientVariable[];
  resources?: ClientResources;
  /**
   * How many nodes there are, in topology split; at least 2 can notice a disagreement.
   */
  replicas?: number;
  /**
   * Further nodes of the chain that are run elsewhere, as URLs of their RPC.
   *
   * @maxItems 8
   */
  endpoints?: string[];
  storage: ChainStorage;
  /**
   * The numeric user and group that the clients run as, and that owns their data.
   */
  user: number;
}
export interface ChainPort {
  name: string;
  port: number;
  protocol: "TCP" | "UDP";
  /**
   * Peers from anywhere may reach it.
   */
  p2p: boolean;
  /**
   * It is opened on the machine too, so that peers outside the cluster find it.
   */
  hostPort: boolean;
}
export interface ChainClient {
  name: string;
  /**
   * Image of the client.
   */
  image: string;
  /**
   * Command and arguments, where the image's own will not do.
   *
   * @maxItems 64
   */
  command?: string[];
  /**
   * Command and arguments, where the image's own will not do.
   *
   * @maxItems 64
   */
  args?: string[];
  /**
   * Ports of the client. Those of which the agent asks are called rpc or rpc-…, one for each client that has one; without any, rpc is 8545 for ethereum and 8332 for bitcoin.
   *
   * @maxItems 8
   */
  ports?: ChainPort[];
  /**
   * Literal variables for the client's process.
   *
   * @maxItems 32
   */
  env?: ClientVariable[];
  resources?: ClientResources;
}
export interface ClientVariable {
  name: string;
  value: string;
}
export interface ClientResources {
  requests?: ClientResourceList;
  limits?: ClientResourceList;
}
export interface ClientResourceList {
  cpu?: number | string;
  memory?: number | string;
}
/**
 * Where the client keeps its data.
 */
export interface ChainStorage {
  /**
   * A folder that exists on each machine and belongs to the node's user, on a disk of its own. It is never made: a disk that is not mounted must not fill the machine's.
   */
  hostPath?: string;
  /**
   * A class of local volumes that binds when its pod is scheduled.
   */
  storageClassName?: string;
  size?: number | string;
  /**
   * Where the clients see it; $(PITBOSS_DATA) in their arguments.
   */
  mountPath: string;
}
/**
 * When a block counts as final; never before the node itself says so, where it can say so.
 */
export interface Finality {
  /**
   * Blocks on top of it, itself included.
   */
  confirmations: number;
}
/**
 * The machines that the nodes run on.
 */
export interface Placement {
  nodeSelector: {
    [k: string]: string;
  };
  /**
   * @maxItems 16
   */
  tolerations: ChainToleration[];
}
export interface ChainToleration {
  key?: string;
  operator?: "Exists" | "Equal";
  value?: string;
  effect?: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
  tolerationSeconds?: number;
}
export interface ChainAsset {
  /**
   * By CAIP-19, such as eip155:1/slip44:60 for ether, or eip155:1/erc20:0x… for a token.
   */
  asset: string;
  currency: string;
  /**
   * The smallest amount that is paid out. Defaults to the smallest unit.
   */
  minWithdrawal?: string;
}
/**
 * Who signs withdrawals and owns the addresses of deposits. Without it the chain gives entropy only.
 */
export interface Signer {
  /**
   * A Secret of the Chain's namespace: `key`, the hot wallet's private key in hex, and `xpub`, the account key that the deposits' addresses are derived from.
   */
  secretName: string;
}
/**
 * What the operator found.
 */
export interface ChainStatus {
  /**
   * The generation that this status speaks of.
   */
  observedGeneration?: number;
  /**
   * Ready sums up the others; each has a reason, and a message that says what to do.
   *
   * @maxItems 16
   */
  conditions?: Condition[];
  /**
   * The chain by CAIP-2.
   */
  chainId?: string;
  nodes?: ChainNodes;
  head?: ChainBlock;
  finalized?: ChainBlock;
  /**
   * The age of the head when it was looked at, "12s"; head, finalized and lag change at most once a minute.
   */
  lag?: string;
}
export interface Condition {
  type: string;
  status: "True" | "False" | "Unknown";
  reason: string;
  message: string;
  lastTransitionTime: string;
  observedGeneration?: number;
}
/**
 * Agents, each with the nodes that it asks.
 */
export interface ChainNodes {
  desired: number;
  ready: number;
  /**
   * As `kubectl get chains` prints it, "2/2".
   */
  text?: string;
}
/**
 * A block that a quorum agrees on, the newest one or the newest that is final.
 */
export interface ChainBlock {
  height: number;
  hash: string;
}
