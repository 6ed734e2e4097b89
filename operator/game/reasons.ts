/**
 * Every reason that a Game's conditions and events can give: what it means and what to do. Messages
 * in the status are about one Game; this list is about the reason itself. docs/conditions.md is
 * generated from it.
 */

/** What a reason says of the future. */
export type Outlook =
  /** Nothing is wrong. */
  | "settled"
  /** It will end by itself, or is tried again until it does: `Reconciling`. */
  | "progressing"
  /** Only a change of the Game, or by a person elsewhere, can end it: `Stalled`. */
  | "stalled";

interface ReasonFacts {
  readonly outlook: Outlook;
  readonly meaning: string;
  readonly cure: string;
}

const NOTHING = "Nothing.";
const WAIT = "Wait; the controller goes on by itself.";

export const reasons = {
  // Ready, Reconciling, Stalled, Paused, Deleting
  Ready: {
    outlook: "settled",
    meaning: "The proven revision serves players.",
    cure: NOTHING,
  },
  Settled: {
    outlook: "settled",
    meaning: "The controller has nothing left to do.",
    cure: NOTHING,
  },
  NotStalled: {
    outlook: "settled",
    meaning: "Nothing waits for a person.",
    cure: NOTHING,
  },
  NotPaused: {
    outlook: "settled",
    meaning: "The controller looks after the Game.",
    cure: NOTHING,
  },
  PausedByAnnotation: {
    outlook: "settled",
    meaning:
      "The annotation pitboss.dev/paused is true: neither the Game's children nor its other conditions are kept up.",
    cure: "Remove the annotation to go on.",
  },
  NotDeleting: {
    outlook: "settled",
    meaning: "Nobody has asked for the Game's deletion.",
    cure: NOTHING,
  },
  Deleting: {
    outlook: "progressing",
    meaning: "The Game is on its way out and takes no new rounds.",
    cure: "Wait; the condition Deleting tells how far it is.",
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
  PlatformDatabaseMissing: {
    outlook: "progressing",
    meaning: "The Secret that says where the platform's database is does not exist or lacks a key.",
    cure: "Create the Secret that the message names, with the keys that it lists.",
  },
  PlatformKeyWrong: {
    outlook: "progressing",
    meaning: "The platform's key cannot open the seed keys that the database holds.",
    cure: "Restore the Secret that the message names from its backup.",
  },
  DatabaseUnreachable: {
    outlook: "progressing",
    meaning: "PostgreSQL does not answer. Games that run go on by themselves when it does.",
    cure: "Bring the database back, or correct the address in the platform's database Secret.",
  },
  DatabaseRefused: {
    outlook: "progressing",
    meaning:
      "PostgreSQL answers, but not to the operator: password, certificate, database or rights.",
    cure: "Correct what the message names in the platform's database Secret or in the database.",
  },
  NameTaken: {
    outlook: "stalled",
    meaning: "A Game of this name in another namespace is older; names are unique in the platform.",
    cure: "Create this Game under another name, or delete the other one.",
  },
  AdoptionRequired: {
    outlook: "stalled",
    meaning: "The schema was left behind by a Game that is gone and did not release it.",
    cure: "Set the annotation pitboss.dev/adopt to the UID that the message names, or drop the schema.",
  },
  ConnectionBudget: {
    outlook: "stalled",
    meaning: "The Game's connections do not fit into what all games together may hold.",
    cure: "Raise PITBOSS_DATABASE_CONNECTIONS, lower PITBOSS_GAME_CONNECTIONS, or delete a Game.",
  },
  MigrationFailed: {
    outlook: "progressing",
    meaning: "A migration of the schema failed; the rollout waits, and what runs goes on serving.",
    cure: "Read the message and the operator's log; the migration is tried again.",
  },
  MigrationLocked: {
    outlook: "progressing",
    meaning: "The schema is locked by another session, so its migrations wait.",
    cure: "Wait, or end the session that holds the lock.",
  },
  SchemaNewer: {
    outlook: "stalled",
    meaning: "The schema was migrated by a newer Pitboss than this operator.",
    cure: "Upgrade the operator.",
  },

  // RuntimeAvailable
  Available: {
    outlook: "settled",
    meaning: "Pods of the proven revision serve.",
    cure: NOTHING,
  },
  Blocked: {
    outlook: "progressing",
    meaning: "An earlier step has not succeeded, so this one has not begun.",
    cure: "See the condition that the message names.",
  },
  ChildNotOurs: {
    outlook: "progressing",
    meaning: "An object that the Game needs exists already and does not belong to it.",
    cure: "Delete or rename the object that the message names, or rename the Game.",
  },
  ChildTerminating: {
    outlook: "progressing",
    meaning: "An object of an earlier Game of this name is still being deleted.",
    cure: WAIT,
  },
  ApplyRefused: {
    outlook: "progressing",
    meaning: "The API server refused an object that the Game needs: rights, quota or a policy.",
    cure: "Read the message; it is tried again.",
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

  // Events
  RevisionAccepted: {
    outlook: "settled",
    meaning: "A new revision was proven and rolls out.",
    cure: NOTHING,
  },
  Deleted: {
    outlook: "settled",
    meaning: "Everything outside the cluster is finished; the Game may go.",
    cure: NOTHING,
  },
  InternalError: {
    outlook: "progressing",
    meaning: "The operator met a fault of its own.",
    cure: "Report it with the operator's log; it is tried again.",
  },
} as const satisfies Record<string, ReasonFacts>;

/** One of the documented reasons. */
export type Reason = keyof typeof reasons;
