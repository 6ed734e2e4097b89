/** One Jackpot, brought in line: observe → desire → apply → report. */
import type { Jackpot } from "../../crds/generated/jackpot.ts";
import { jackpotTerms } from "../../crds/jackpot-terms.ts";
import { done, type Result, requeueAfter } from "../kube/result.ts";
import { applyChildren } from "../platform/apply.ts";
import { BY_JACKPOT } from "../platform/informers.ts";
import { kinds } from "../platform/kinds.ts";
import { PAUSED_ANNOTATION } from "../platform/names.ts";
import { planChildren } from "./children.ts";
import type { JackpotContext } from "./context.ts";
import type { Observed, Verdict } from "./observe.ts";
import { forgetJackpot, removeJackpot } from "./remove.ts";
import { report } from "./report.ts";
import { FINALIZER } from "./resources/names.ts";
import { pausedStatus, statusOf } from "./status.ts";

const RETRY_MS = 15_000;

/** Reconciles the Jackpot of this key, whatever has changed. */
export async function reconcileJackpot(context: JackpotContext, key: string): Promise<Result> {
  const jackpot = context.jackpots.get(key);
  if (!jackpot) {
    forgetJackpot(context, key);
    return done;
  }
  const { deletionTimestamp, finalizers, annotations } = jackpot.metadata;
  const games = gamesOf(context, key);
  // One that Games name goes on as before: their players were promised it.
  if (deletionTimestamp && (games.length === 0 || !finalizers?.includes(FINALIZER))) {
    return removeJackpot(context, jackpot);
  }
  if (annotations?.[PAUSED_ANNOTATION] === "true") {
    await report(context, jackpot, (latest) => pausedStatus(latest, context.now()));
    return done;
  }
  const verdict = judge(jackpot);
  const database = await context.databases.step({
    jackpot,
    verdict,
    guard: async () => {
      if (finalizers?.includes(FINALIZER)) return;
      await context.client.addFinalizer(kinds.jackpot, jackpot, FINALIZER);
    },
  });
  const faults = await applyChildren(context, jackpot, planChildren(jackpot, context.platform));
  context.observed.set(key, { jackpot, verdict, database, games, faults });
  await reportObserved(context, key, jackpot);
  const again = faults.length > 0 || (database !== undefined && "failed" in database);
  return again ? requeueAfter(RETRY_MS) : done;
}

/** Writes what is known of a Jackpot now; nothing where it was never looked at. */
export async function reportObserved(
  context: JackpotContext,
  key: string,
  jackpot: Jackpot,
): Promise<void> {
  const { databases, observed, metrics } = context;
  const figures = databases.figures(key);
  if (figures) metrics.balanced(jackpot.metadata, figures.difference);
  await report(context, jackpot, ({ status }) => {
    const seen = observed.get(key);
    if (!seen) return status ?? {};
    const latest = { ...seen.jackpot, ...(status ? { status } : {}) };
    const state: Observed = { ...seen, jackpot: latest, figures: databases.figures(key) };
    return statusOf(state, context.now());
  });
}

function judge({ spec }: Jackpot): Verdict {
  const read = jackpotTerms(spec);
  if ("terms" in read) return read;
  const message = read.problems
    .map(({ pointer, message }) => `${pointer.slice(1).replaceAll("/", ".")}: ${message}`)
    .join("; ");
  return { refused: { reason: "TermsInvalid", message } };
}

function gamesOf({ games }: JackpotContext, key: string): string[] {
  return games
    .byIndex(BY_JACKPOT, key)
    .map(({ metadata }) => metadata.name)
    .toSorted();
}
