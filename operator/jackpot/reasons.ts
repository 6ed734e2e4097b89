/**
 * Every reason that a Jackpot's conditions and events can give: what it means and what to do. Messages
 * in the status are about one Jackpot; this list is about the reason itself. docs/conditions.md is
 * generated from it.
 */
import { NOTHING, platformReasons, type ReasonFacts, WAIT } from "../platform/reasons.ts";

export const reasons = {
  ...platformReasons,

  // Ready
  Ready: {
    outlook: "settled",
    meaning: "Rounds feed the pool and can win it.",
    cure: NOTHING,
  },
  TermsInvalid: {
    outlook: "stalled",
    meaning: "The spec's terms contradict each other; those that were in force stay so.",
    cure: "Correct the field that the message names; `npm run validate` checks it without a cluster.",
  },
  CurrencyFixed: {
    outlook: "stalled",
    meaning: "An earlier Jackpot of this name left money of another currency in the database.",
    cure: "Create the Jackpot with the currency that the message names, or under another name.",
  },
  EarlierClosing: {
    outlook: "progressing",
    meaning: "An earlier Jackpot of this name is still being decommissioned in the database.",
    cure: "Create this Jackpot under another name, or let the earlier one be finished as the message says.",
  },
  SequencerBehind: {
    outlook: "progressing",
    meaning: "Contributions wait to be counted, so that wins wait too. None is lost.",
    cure: "See whether the lobby's pods run and reach the database.",
  },

  // Funded
  Funded: {
    outlook: "settled",
    meaning: "The pool holds at least what the house owes it, and the books balance.",
    cure: NOTHING,
  },
  BelowSeed: {
    outlook: "stalled",
    meaning: "The pool holds less than its seed, which nothing that Pitboss does can bring about.",
    cure: "Stop the games that feed it and look at the database: see docs/runbooks/PitbossJackpotBelowSeed.md.",
  },
  BooksDiffer: {
    outlook: "stalled",
    meaning: "What came in and what is there or went out are not the same.",
    cure: "Stop the games that feed it and look at the database: see docs/runbooks/PitbossJackpotBooks.md.",
  },

  // TermsPending
  TermsInForce: {
    outlook: "settled",
    meaning: "Rounds are played by the spec's terms.",
    cure: NOTHING,
  },
  AfterNextWin: {
    outlook: "settled",
    meaning:
      "The spec has other terms than the pool that is played for; they take effect after its win.",
    cure: "Wait for the next win, or take the change back.",
  },

  // Deleting
  InUse: {
    outlook: "stalled",
    meaning: "The Jackpot's deletion was asked for, and Games still name it: it goes on as before.",
    cure: "Take it out of spec.jackpots of the Games that the message names.",
  },
  Unbinding: {
    outlook: "progressing",
    meaning: "Games that no longer name the Jackpot still feed it in the database.",
    cure: "Wait; if it does not pass, see whether those Games are paused or not Ready.",
  },
  TransferNeeded: {
    outlook: "stalled",
    meaning: "Rounds have paid into the pool, and nobody has said who gets it.",
    cure: "Set spec.transferTo to another Jackpot of the namespace and currency.",
  },
  HeirMissing: {
    outlook: "stalled",
    meaning:
      "spec.transferTo names no Jackpot of this namespace and currency that can take the money.",
    cure: "Create that Jackpot, or name another.",
  },
  Closing: {
    outlook: "progressing",
    meaning: "What was played while the Jackpot was open is being finished and counted.",
    cure: WAIT,
  },

  // Events
  Opened: {
    outlook: "settled",
    meaning: "The first pool is open, with the house's seed in it.",
    cure: NOTHING,
  },
  Won: {
    outlook: "settled",
    meaning: "The pool was won and paid, and the next one is open.",
    cure: NOTHING,
  },
  Decommissioned: {
    outlook: "settled",
    meaning: "The Jackpot's money went where spec.transferTo says, to the last fraction.",
    cure: NOTHING,
  },
} as const satisfies Record<string, ReasonFacts>;

/** One of the documented reasons. */
export type Reason = keyof typeof reasons;
