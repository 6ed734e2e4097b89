/**
 * The reasons that objects of every kind can give, and what a reason is. Each kind adds its own in its
 * reasons.ts. Messages in the status are about one object; a list is about the reason itself.
 * docs/conditions.md is generated from them.
 */

/** What a reason says of the future. */
export type Outlook =
  /** Nothing is wrong. */
  | "settled"
  /** It will end by itself, or is tried again until it does: `Reconciling`. */
  | "progressing"
  /** Only a change of the object, or by a person elsewhere, can end it: `Stalled`. */
  | "stalled";

export interface ReasonFacts {
  readonly outlook: Outlook;
  readonly meaning: string;
  readonly cure: string;
}

export const NOTHING = "Nothing.";
export const WAIT = "Wait; the controller goes on by itself.";

export const platformReasons = {
  // Reconciling, Stalled, Paused, Deleting
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
    meaning: "The controller looks after the object.",
    cure: NOTHING,
  },
  PausedByAnnotation: {
    outlook: "settled",
    meaning:
      "The annotation pitboss.dev/paused is true: neither what belongs to the object nor its other conditions are kept up.",
    cure: "Remove the annotation to go on.",
  },
  NotDeleting: {
    outlook: "settled",
    meaning: "Nobody has asked for its deletion.",
    cure: NOTHING,
  },
  Deleting: {
    outlook: "progressing",
    meaning: "The object is on its way out; a Game takes no new rounds.",
    cure: "Wait; the condition Deleting tells how far it is.",
  },

  // The database
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

  // What is made in the cluster
  Blocked: {
    outlook: "progressing",
    meaning: "An earlier step has not succeeded, so this one has not begun.",
    cure: "See the condition that the message names.",
  },
  ChildNotOurs: {
    outlook: "progressing",
    meaning: "An object that is needed exists already and does not belong to it.",
    cure: "Delete or rename the object that the message names, or create this one under another name.",
  },
  ChildTerminating: {
    outlook: "progressing",
    meaning: "An object of an earlier owner of this name is still being deleted.",
    cure: WAIT,
  },
  ApplyRefused: {
    outlook: "progressing",
    meaning: "The API server refused an object that is needed: rights, quota or a policy.",
    cure: "Read the message; it is tried again.",
  },

  // Events
  Deleted: {
    outlook: "settled",
    meaning: "Everything outside the cluster is finished; the object may go.",
    cure: NOTHING,
  },
  InternalError: {
    outlook: "progressing",
    meaning: "The operator met a fault of its own.",
    cure: "Report it with the operator's log; it is tried again.",
  },
} as const satisfies Record<string, ReasonFacts>;

/** One of the reasons that every kind has. */
export type PlatformReason = keyof typeof platformReasons;
