/**
 * Every reason that a Chain's conditions and events can give, beside those of every kind.
 * docs/conditions.md is generated from it.
 */
import { NOTHING, platformReasons, type ReasonFacts, WAIT } from "../platform/reasons.ts";

export const reasons = {
  ...platformReasons,

  Ready: {
    outlook: "settled",
    meaning: "A quorum of nodes follows the chain, and the agents answer.",
    cure: NOTHING,
  },

  // SpecValid
  Valid: {
    outlook: "settled",
    meaning: "The network is known and its clients, ports and assets agree.",
    cure: NOTHING,
  },
  SpecInvalid: {
    outlook: "stalled",
    meaning: "The spec contradicts itself, or names what nobody knows.",
    cure: "Correct the field that the message names; `npm run validate` checks it without a cluster.",
  },

  // DatabaseReady
  Provisioned: {
    outlook: "settled",
    meaning: "The agents' schema has its migrations, and the Chain is in the catalogue.",
    cure: NOTHING,
  },
  AssetsRefused: {
    outlook: "stalled",
    meaning: "An asset would change the currency that balances are kept in.",
    cure: "Take the change of spec.assets back.",
  },

  // AgentsAvailable
  Available: {
    outlook: "settled",
    meaning: "Every machine chosen has an agent that answers.",
    cure: NOTHING,
  },
  UpdateWaits: {
    outlook: "settled",
    meaning: "Pods run an older template: in topology sidecar a person says when a node may stop.",
    cure: "Delete the pods that the message names, one after the other, each once the one before is synced.",
  },
  NoMachine: {
    outlook: "progressing",
    meaning: "No node of the cluster has the labels of spec.placement.nodeSelector.",
    cure: "Label a node, prepare its disk as docs/chain.md says, or correct spec.placement.",
  },
  PodsRefused: {
    outlook: "progressing",
    meaning: "The API server refuses the chain's pods: pod security, quota or another policy.",
    cure: "Read the message. Chains belong in a namespace that allows hostPath, such as pitboss-chain.",
  },
  DataRefused: {
    outlook: "progressing",
    meaning: "A machine's folder is missing, or holds the data of another chain or node.",
    cure: "Read the log that the message names; mount the right disk, or empty the folder.",
  },
  ImageUnavailable: {
    outlook: "progressing",
    meaning: "A machine cannot get an image of the chain's pods.",
    cure: "Correct the image that the message names, or the machine's access to the registry.",
  },
  PodsCrashing: {
    outlook: "progressing",
    meaning: "A container of the chain starts and ends again.",
    cure: "Read the log that the message names.",
  },
  PodsUnschedulable: {
    outlook: "progressing",
    meaning: "A machine that was chosen does not take its pod.",
    cure: "Add room, or change spec.placement.",
  },
  AgentsStarting: {
    outlook: "progressing",
    meaning: "Agents are starting.",
    cure: WAIT,
  },

  // NodesSynced
  Synced: {
    outlook: "settled",
    meaning: "Enough nodes follow the head of the chain.",
    cure: NOTHING,
  },
  Unreported: {
    outlook: "progressing",
    meaning: "No agent has said yet how its nodes are.",
    cure: WAIT,
  },
  WrongChain: {
    outlook: "stalled",
    meaning: "A node is of another chain: its id or its genesis is not the Chain's.",
    cure: "Correct the node's arguments, spec.chainId or spec.genesis.",
  },
  NodesUnavailable: {
    outlook: "progressing",
    meaning: "Too few nodes answer.",
    cure: "Read the logs of the clients; see whether they have peers and room on their disks.",
  },
  Syncing: {
    outlook: "progressing",
    meaning: "The nodes are not at the head of the chain yet.",
    cure: "Wait; it can take days for a new node.",
  },
  Lagging: {
    outlook: "progressing",
    meaning: "The head is old, or behind what another node has.",
    cure: "See whether the nodes have peers, and whether the network itself makes blocks.",
  },

  // Quorum
  Agreed: {
    outlook: "settled",
    meaning: "Enough nodes have the same blocks.",
    cure: NOTHING,
  },
  NodesDisagree: {
    outlook: "progressing",
    meaning: "Nodes follow different branches of the chain.",
    cure: "Wait a few blocks. If it lasts, compare with a third source and update the client that is wrong.",
  },
  NoQuorum: {
    outlook: "progressing",
    meaning: "Too few nodes agree, so the agents say nothing new of the chain.",
    cure: "Bring nodes back, or run more of them.",
  },

  // FinalityViolation
  FinalityKept: {
    outlook: "settled",
    meaning: "What was final has stayed as it was.",
    cure: NOTHING,
  },
  FinalityBroken: {
    outlook: "stalled",
    meaning:
      "A block that was final is gone, or nodes disagree about one. Withdrawals have stopped.",
    cure: "Follow docs/runbooks/PitbossChainFinalityViolation.md.",
  },

  // Events
  FinalityAcknowledged: {
    outlook: "settled",
    meaning:
      "A person has looked into a broken promise of finality; the agents go on from the chain as it is.",
    cure: NOTHING,
  },

  // Deleting
  OpenWithdrawals: {
    outlook: "progressing",
    meaning:
      "Players' withdrawals over this chain have not ended, and its nodes are needed for that.",
    cure: "Wait until they are final; those that need attention wait for a person.",
  },
} as const satisfies Record<string, ReasonFacts>;

/** One of the documented reasons. */
export type Reason = keyof typeof reasons;
