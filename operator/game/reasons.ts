/**
 * Every reason that a Game's conditions and events can give: what it means and what to do. Messages
 * in the status are about one Game; this list is about the reason itself. docs/conditions.md is
 * generated from it.
 */
import { NOTHING, platformReasons, type ReasonFacts, WAIT } from "../platform/reasons.ts";

export const reasons = {
  ...platformReasons,

  // Ready, Deleting
  Ready: {
    outlook: "settled",
    meaning: "The proven revision serves players.",
    cure: NOTHING,
  },
  FinishingRounds: {
    outlook: "progressing",
    meaning: "Open rounds are being finished by the engine's default action.",
    cure: WAIT,
  },

  // MathVerified
  Proven: {
    outlook: "settled",
    meaning: "The return lies within spec.returnToPlayer for every bet at every allowed stake.",
    cure: NOTHING,
  },
  EngineUnknown: {
    outlook: "stalled",
    meaning: "There is no engine of the name in spec.engine.",
    cure: "Create the Game with one of the engines that the message lists.",
  },
  ConfigInvalid: {
    outlook: "stalled",
    meaning: "The engine refuses spec.config.",
    cure: "Correct the field that the message names; `npm run validate` checks it without a cluster.",
  },
  StakesInvalid: {
    outlook: "stalled",
    meaning: "spec.stakes contradict each other, or the engine cannot be played at them.",
    cure: "Correct the field that the message names.",
  },
  GateInvalid: {
    outlook: "stalled",
    meaning: "spec.returnToPlayer cannot be met by any configuration.",
    cure: "Correct the field that the message names.",
  },
  ReturnTooLow: {
    outlook: "stalled",
    meaning: "A bet returns less than spec.returnToPlayer allows; the rollout is refused.",
    cure: "Raise what the bet pays, change the stakes that round it down, or lower min or sideMin.",
  },
  ReturnTooHigh: {
    outlook: "stalled",
    meaning: "A bet returns more than spec.returnToPlayer.max; the rollout is refused.",
    cure: "Lower what the bet pays, or raise max.",
  },
  ProofTooLarge: {
    outlook: "stalled",
    meaning: "The proof of the return needs more time or memory than it may have.",
    cure: "Make the configuration smaller.",
  },

  // DatabaseReady
  Provisioned: {
    outlook: "settled",
    meaning: "The schema, its role, its rights and its migrations are in place.",
    cure: NOTHING,
  },

  // JackpotsBound
  Bound: {
    outlook: "settled",
    meaning: "Rounds feed every Jackpot that the Game names.",
    cure: NOTHING,
  },
  NoJackpots: {
    outlook: "settled",
    meaning: "The Game names no Jackpot.",
    cure: NOTHING,
  },
  JackpotMissing: {
    outlook: "progressing",
    meaning: "There is no Jackpot of a name in spec.jackpots; the game serves without it.",
    cure: "Create it in the Game's namespace, or take it out of spec.jackpots.",
  },
  JackpotCurrency: {
    outlook: "stalled",
    meaning: "The Game takes no stakes in the currency of a Jackpot that it names.",
    cure: "Add stakes of that currency, or take the Jackpot out of spec.jackpots.",
  },
  JackpotDeleting: {
    outlook: "stalled",
    meaning: "A Jackpot that the Game names is to be deleted, which waits for the Game.",
    cure: "Take it out of spec.jackpots.",
  },
  JackpotNotReady: {
    outlook: "progressing",
    meaning: "A Jackpot that the Game names has no pool yet, or is being closed.",
    cure: "See the Jackpot's own conditions.",
  },

  // EntropyReady
  NoEntropy: {
    outlook: "settled",
    meaning: "The Game asks for no entropy of a chain.",
    cure: NOTHING,
  },
  EntropyFlows: {
    outlook: "settled",
    meaning: "The chain that the Game names gives blocks.",
    cure: NOTHING,
  },
  ChainMissing: {
    outlook: "progressing",
    meaning: "There is no Chain of the name in spec.fairness.entropy.",
    cure: "Create it in the chains' namespace, or take spec.fairness.entropy out.",
  },
  ChainNotReady: {
    outlook: "progressing",
    meaning:
      "The chain gives no final blocks now; spec.fairness.entropy.onChainDown says what new pairs do.",
    cure: "See the Chain's own conditions.",
  },

  // RuntimeAvailable
  Available: {
    outlook: "settled",
    meaning: "Pods of the proven revision serve.",
    cure: NOTHING,
  },
  ScaledToZero: {
    outlook: "settled",
    meaning: "spec.replicas is 0, so nobody serves players.",
    cure: "Raise spec.replicas.",
  },
  PodsRefused: {
    outlook: "progressing",
    meaning: "The API server refuses the game's pods: quota, pod security or another policy.",
    cure: "Read the message; free quota, or change the policy or spec.template.",
  },
  ImageUnavailable: {
    outlook: "progressing",
    meaning: "A node cannot get the runtime's image.",
    cure: "Correct PITBOSS_RUNTIME_IMAGE, or the node's access to the registry.",
  },
  PodsCrashing: {
    outlook: "progressing",
    meaning: "A pod of the game starts and ends again.",
    cure: "Read the log that the message names.",
  },
  PodsUnschedulable: {
    outlook: "progressing",
    meaning: "No node takes a pod of the game.",
    cure: "Add room, or change spec.template.resources, nodeSelector or tolerations.",
  },
  RolloutStuck: {
    outlook: "progressing",
    meaning: "The rollout makes no progress; the pods that serve go on serving.",
    cure: "Read the message; look at the Game's pods.",
  },
  RolloutInProgress: {
    outlook: "progressing",
    meaning: "Pods of the proven revision are taking over.",
    cure: WAIT,
  },
  PodsNotReady: {
    outlook: "progressing",
    meaning: "No pod of the game is ready.",
    cure: "Look at the Game's pods and their logs.",
  },

  // RouteReady
  Accepted: {
    outlook: "settled",
    meaning: "The gateway or ingress controller leads players to the game.",
    cure: NOTHING,
  },
  RouteUnreported: {
    outlook: "settled",
    meaning: "The route is in place, and no gateway or ingress controller has reported on it.",
    cure: "If players do not get through, see whether the controller runs.",
  },
  RouteNotConfigured: {
    outlook: "settled",
    meaning: "The platform names neither a Gateway nor an ingress class.",
    cure: "Set PITBOSS_GATEWAY or PITBOSS_INGRESS_CLASS to let players in from outside.",
  },
  RouteApiMissing: {
    outlook: "progressing",
    meaning: "The platform names a Gateway, and the Gateway API is not installed.",
    cure: "Install the Gateway API; the route is made as soon as it is there.",
  },
  RouteRefused: {
    outlook: "progressing",
    meaning: "The gateway does not accept the route.",
    cure: "Read the message; the Gateway's listeners may not allow routes of this namespace.",
  },

  // ReturnAsProven
  AsProven: {
    outlook: "settled",
    meaning: "What was paid is what chance makes of the proven return.",
    cure: NOTHING,
  },
  PaysTooMuch: {
    outlook: "stalled",
    meaning:
      "Play paid back more than chance explains: a fault of the game, or somebody knows its draws.",
    cure: "Follow docs/runbooks/PitbossGameReturnBreach.md, then annotate the Game pitboss.dev/return-acknowledged.",
  },
  PaysTooLittle: {
    outlook: "stalled",
    meaning:
      "Play paid back less than chance explains: the game does not keep its promise to players.",
    cure: "Follow docs/runbooks/PitbossGameReturnBreach.md, then annotate the Game pitboss.dev/return-acknowledged.",
  },

  // Events
  ReturnAcknowledged: {
    outlook: "settled",
    meaning:
      "A person has looked into a breach of the return; what is played from now on is judged afresh.",
    cure: NOTHING,
  },
  RevisionAccepted: {
    outlook: "settled",
    meaning: "A new revision was proven and rolls out.",
    cure: NOTHING,
  },
} as const satisfies Record<string, ReasonFacts>;

/** One of the documented reasons. */
export type Reason = keyof typeof reasons;
