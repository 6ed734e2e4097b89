import type { Game } from "../../crds/generated/game.ts";
import { setDeleting } from "../database/catalogue.ts";
import { dropGame } from "../database/drop.ts";
import { DatabaseAway } from "../database/failure.ts";
import { finishOpenRounds, openRounds } from "../database/finish.ts";
import { isRecorded, ownerOf } from "../database/ownership.ts";
import { releaseGame } from "../database/release.ts";
import { revealPairs } from "../database/reveal.ts";
import { seedKey } from "../database/seed-keys.ts";
import { inSession } from "../database/session.ts";
import { ApiError } from "../kube/api-error.ts";
import { done, type Result, requeueAfter } from "../kube/result.ts";
import { findingOf } from "../platform/failures.ts";
import { kinds } from "../platform/kinds.ts";
import type { Link } from "../platform/platform-database.ts";
import type { GameContext } from "./context.ts";
import type { Finding } from "./observe.ts";
import { report } from "./report.ts";
import { FINALIZER } from "./resources/names.ts";
import { deletingStatus } from "./status.ts";

const RETRY_MS = 5_000;
const AGAIN_MS = 200;

/**
 * A Game on its way out: no children are applied. What lives outside the cluster is finished here,
 * by the operator itself, whether or not a pod is left: no new rounds, every open round to its end,
 * every seed revealed, and the schema released or dropped. Then the finalizer goes.
 */
export async function removeGame(context: GameContext, game: Game): Promise<Result> {
  const { namespace, name, deletionTimestamp } = game.metadata;
  const key = `${namespace}/${name}`;
  if (!game.metadata.finalizers?.includes(FINALIZER)) {
    forgetGame(context, key);
    return done;
  }
  const say = (finding: Finding) =>
    report(context, game, deletingStatus(game, finding, context.now()));
  const current = context.platformDatabase.current();
  const held = "failed" in current ? current.failed : await leave(context, game, current.link, say);
  if (held?.reason === "FinishingRounds") {
    await say(held);
    return requeueAfter(AGAIN_MS);
  }
  if (held) {
    await say({ ...held, message: `${held.message.replace(/\.$/, "")}. ${WAY_OUT}` });
    return requeueAfter(RETRY_MS);
  }
  await context.client.removeFinalizer(kinds.game, game, FINALIZER);
  context.events.record(game, {
    type: "Normal",
    reason: "Deleted",
    action: "Delete",
    note: `the schema is ${game.spec.database.deletionPolicy === "Delete" ? "dropped" : "kept and its role locked"}`,
  });
  forgetGame(context, key, deletionTimestamp ? new Date(deletionTimestamp) : undefined);
  context.enqueueNamesakes(name, namespace);
  return done;
}

const WAY_OUT = `If the database is gone for good, remove the finalizer ${FINALIZER} by hand: the schema then stays as it is`;

/** The finding that keeps the Game from leaving the database; undefined once it has left. */
async function leave(
  { platformDatabase, logger }: GameContext,
  game: Game,
  link: Link,
  say: (finding: Finding) => Promise<void>,
): Promise<Finding | undefined> {
  try {
    if (await owns(link, game)) {
      const held = await finish(link, game, say);
      if (held) return held;
    }
    const leaving = game.spec.database.deletionPolicy === "Delete" ? dropGame : releaseGame;
    const left = await leaving(link.db, game.metadata);
    return "problem" in left ? findingOf(left) : undefined;
  } catch (error) {
    if (error instanceof DatabaseAway) return platformDatabase.lost(error);
    if (error instanceof ApiError) throw error;
    // Nobody sees a log while they wait for a deletion.
    logger.error({ err: error, game: game.metadata.name }, "cannot leave the database");
    const message = error instanceof Error ? error.message : String(error);
    return { reason: "InternalError", message };
  }
}

// One that has its name from a Game that came later is not this Game's to finish.
function owns({ db }: Link, { metadata }: Game): Promise<boolean> {
  return inSession(db, `looking whose the schema of ${metadata.name} is`, async (client) => {
    const owner = await ownerOf(client, metadata.name);
    return isRecorded(db, owner, metadata) && owner?.released === false;
  });
}

async function finish(
  { db, platformKey }: Link,
  game: Game,
  say: (finding: Finding) => Promise<void>,
): Promise<Finding | undefined> {
  const { name } = game.metadata;
  await setDeleting(db, name);
  const key = await seedKey(db, name, platformKey);
  if ("problem" in key) return findingOf(key);
  const open = await openRounds(db, name);
  if (open > 0) {
    await say(finishing(open));
    const { left } = await finishOpenRounds(db, name, key.ok, { all: true });
    if (left > 0) return finishing(left);
  }
  await revealPairs(db, name, key.ok);
  return undefined;
}

function finishing(open: number): Finding {
  const rounds = open === 1 ? "1 open round is" : `${open} open rounds are`;
  return { reason: "FinishingRounds", message: `${rounds} being finished` };
}

/** Lets go of what is remembered of a Game that is gone, or has nothing left to do here. */
export function forgetGame({ databases, metrics }: GameContext, key: string, since?: Date): void {
  databases.forget(key);
  metrics.deleted(key, since);
}
