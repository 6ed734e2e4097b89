import type { Game, GameStatus } from "../../crds/generated/game.ts";
import { conditionOf } from "../kube/conditions.ts";
import { conditionRules } from "./checks.ts";
import type { GameContext } from "./context.ts";
import { type Reason, reasons } from "./reasons.ts";

type ReportContext = Pick<GameContext, "statuses" | "databases" | "events" | "metrics">;

/** Writes the status where it says something new, and tells of it: events, metrics, the catalogue. */
export async function report(
  { statuses, databases, events, metrics }: ReportContext,
  game: Game,
  status: GameStatus,
): Promise<void> {
  const before = conditionOf(game.status, "Ready");
  const after = conditionOf(status, "Ready");
  const ready = after?.status === "True";
  await databases.noteReady(game, isServed(status));
  await statuses.write(game, ({ observed }) => (observed ? { ...status, observed } : status));
  metrics.judged(game.metadata, {
    ready,
    engine: game.spec.engine,
    revision: status.revision ?? "",
    reason: after?.reason ?? "",
    breached: conditionOf(status, "ReturnAsProven")?.status === "False",
  });
  const { revision, returnToPlayer } = status;
  if (revision && revision !== game.status?.revision) {
    const note = `revision ${revision} returns ${returnToPlayer?.percent} and rolls out`;
    const reason: Reason = "RevisionAccepted";
    events.record(game, { type: "Normal", reason, action: "Accept", note });
  }
  tellStrayed(events, game, status);
  if (before?.reason === after?.reason || !after) return;
  const { outlook } = reasons[after.reason as Reason];
  events.record(game, {
    type: ready || outlook === "progressing" ? "Normal" : "Warning",
    reason: after.reason,
    action: "Reconcile",
    note: after.message,
  });
}

/** A breach that Ready does not tell of, because the Game goes on. */
function tellStrayed(events: ReportContext["events"], game: Game, status: GameStatus): void {
  const before = conditionOf(game.status, "ReturnAsProven");
  const after = conditionOf(status, "ReturnAsProven");
  if (after?.status !== "False" || after.reason === before?.reason) return;
  if (conditionOf(status, "Ready")?.reason === after.reason) return;
  const { reason, message: note } = after;
  events.record(game, { type: "Warning", reason, action: "Monitor", note });
}

// A Jackpot that a Game lacks keeps no player from it; nor does a chain, as pairs that have their block go on. A game
// that a breach has suspended is one that players reach: their open rounds go on.
const OPTIONAL = ["JackpotsBound", "EntropyReady", "ReturnAsProven"];

function isServed(status: GameStatus): boolean {
  const ready = conditionOf(status, "Ready");
  if (ready?.status === "True") return true;
  const bad = (status.conditions ?? []).filter(
    ({ type, status }) => type in conditionRules && status === "False",
  );
  const harmless = bad.every(({ type }) => OPTIONAL.includes(type));
  return bad.length > 0 && harmless && ready?.reason === bad[0]?.reason;
}
