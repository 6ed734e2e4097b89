/** What becomes of a breach of the return: what the Game says of it, and whether players may still come in. */
import type { Game, GameSpec } from "../../crds/generated/game.ts";
import { currencies } from "../../games/currencies.ts";
import { fraction } from "../../games/fraction.ts";
import { formatAmount } from "../../games/money.ts";
import { acknowledgeBreaches, openBreaches } from "../database/return-breaches.ts";
import type { Database, ReturnBreach } from "../database/types.ts";
import { blockedBy } from "../platform/finding.ts";
import type { Check, Found } from "./checks.ts";
import { percentOf } from "./math.ts";
import type { Finding, Observed } from "./observe.ts";
import { ACKNOWLEDGED_ANNOTATION } from "./resources/names.ts";

/** As pitboss.return_breaches bounds it: a name alone is no reason. */
const NOTE = { min: 10, max: 1000 } as const;

/** What a Game's acknowledgement says; undefined where there is none. */
export const noteOf = ({ metadata }: Pick<Game, "metadata">): string | undefined =>
  metadata.annotations?.[ACKNOWLEDGED_ANNOTATION];

const isNote = (note: string): boolean => note.length >= NOTE.min && note.length <= NOTE.max;

/** What stands against the return of a Game, and how many breaches its acknowledgement has just closed. */
export interface Breaches {
  readonly open: readonly ReturnBreach[];
  readonly closed: number;
}

/** Reads what stands against the return of a Game, once its acknowledgement has been taken down. */
export async function readBreaches(db: Database, game: Game): Promise<Breaches> {
  const { name } = game.metadata;
  const note = noteOf(game);
  const closed =
    note === undefined || !isNote(note) ? 0 : await acknowledgeBreaches(db, name, note);
  return { open: await openBreaches(db, name), closed };
}

/** The state that binds rounds: a Game that takes bets is suspended by a breach, where it asks for that. */
export function stateInForce(spec: GameSpec, breaches: readonly ReturnBreach[]): GameSpec["state"] {
  const suspends = breaches.length > 0 && spec.monitoring.onReturnBreach === "Suspend";
  return suspends && spec.state === "Active" ? "Suspended" : spec.state;
}

/** Whether a breach is to be told of and nothing else: the Game goes on. */
export const onlyAlerts = ({ spec }: Game): boolean => spec.monitoring.onReturnBreach === "Alert";

export const returnChecks: readonly Check[] = [notReached, breached];

function notReached({ breaches, database }: Observed): Found | undefined {
  if (breaches) return undefined;
  return blockedBy(database ? "DatabaseReady" : "MathVerified");
}

function breached({ game, breaches = [] }: Observed): Found | undefined {
  // What costs the house comes first.
  const first = breaches.find(({ side }) => side === "paysTooMuch") ?? breaches[0];
  if (!first) return undefined;
  const others = breaches.filter((one) => one !== first);
  const told = [first, ...others].map(figuresOf).join("; ");
  const effect = onlyAlerts(game)
    ? "Rounds go on (spec.monitoring.onReturnBreach)."
    : "New rounds are refused.";
  const reason = first.side === "paysTooMuch" ? "PaysTooMuch" : "PaysTooLittle";
  return { reason, message: `${told}. ${effect} ${nextOf(game)}` };
}

function figuresOf({ currency, side, rounds, staked, paid, deviation, allowed }: ReturnBreach) {
  const digits = currencies.get(currency) ?? 0;
  const amount = (minor: bigint) => formatAmount(minor, digits);
  const share = (part: bigint) => (staked > 0n ? ` (${percentOf(fraction(part, staked))})` : "");
  const proven = paid - deviation;
  const off = deviation < 0n ? -deviation : deviation;
  const way = side === "paysTooMuch" ? "too much" : "too little";
  return `${rounds} rounds in ${currency} staked ${amount(staked)} and paid ${amount(paid)}${share(paid)}, where ${amount(proven)}${share(proven)} is proven for what was played: ${amount(off)} ${way}, and chance explains ${amount(allowed)}`;
}

function nextOf(game: Game): string {
  const note = noteOf(game);
  const short =
    note === undefined || isNote(note)
      ? ""
      : ` (its value now has ${note.length} characters: ${NOTE.min} to ${NOTE.max} are asked for)`;
  return `Find out why (docs/returns-monitor.md), then annotate the Game ${ACKNOWLEDGED_ANNOTATION} with who looked, what it was, and the ticket${short}`;
}

/** What is said where nothing stands against the return. */
export const paysAsProven = (): Finding => ({
  reason: "AsProven",
  message: "what was paid is what chance makes of the proven return",
});
