import type { Game, GameStatus, ObservedPlay } from "../../crds/generated/game.ts";
import { currencies } from "../../games/currencies.ts";
import { formatAmount } from "../../games/money.ts";
import { openRounds } from "../database/finish.ts";
import { observed } from "../database/observed.ts";
import type { Observed } from "../database/types.ts";
import { failedWith } from "../kube/api-error.ts";
import type { Informer } from "../kube/informer.ts";
import type { Logger } from "../kube/logger.ts";
import { PAUSED_ANNOTATION } from "../platform/names.ts";
import type { PlatformDatabase } from "../platform/platform-database.ts";
import type { StatusWriter } from "../platform/status-writer.ts";

const EVERY_MS = 60_000;

interface Options {
  readonly statuses: StatusWriter<GameStatus>;
  readonly games: Informer<Game>;
  readonly platformDatabase: PlatformDatabase;
  readonly logger: Logger;
}

/**
 * What play has shown, written into the status once a minute where it changed. It changes all the
 * time and calls for nothing, so it stays out of the controller's queue.
 */
export class ObservedPlayWriter {
  readonly #options: Options;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: Options) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#running = this.#running.then(() => this.writeAll());
    }, EVERY_MS).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  /** One round over all Games. Never throws: the next minute is another. */
  async writeAll(): Promise<void> {
    const { games, logger } = this.#options;
    for (const game of games.list()) {
      try {
        await this.#write(game);
      } catch (error) {
        // Somebody else wrote the status meanwhile; theirs counts, ours waits a minute.
        if (failedWith(error, "conflict", "notFound")) continue;
        logger.warn({ err: error, game: game.metadata.name }, "cannot tell what play has shown");
        return;
      }
    }
  }

  async #write(game: Game): Promise<void> {
    const { statuses, platformDatabase } = this.#options;
    const { name, deletionTimestamp, annotations } = game.metadata;
    const current = platformDatabase.current();
    const paused = annotations?.[PAUSED_ANNOTATION] === "true";
    if ("failed" in current || deletionTimestamp || paused || !game.status?.schema) return;
    const { db } = current.link;
    const play = observedPlay(await observed(db, name), await openRounds(db, name));
    await statuses.write(game, (now) =>
      play.rounds === 0 && play.openRounds === 0 && !now.observed
        ? now
        : { ...now, observed: play },
    );
  }
}

/** The status' view of what was played; z is of the currency that strays furthest. */
export function observedPlay(rows: readonly Observed[], open: number): ObservedPlay {
  const amounts = (pick: (row: Observed) => bigint) =>
    Object.fromEntries(
      rows.map((row) => [row.currency, formatAmount(pick(row), currencies.get(row.currency) ?? 0)]),
    );
  const furthest = rows
    .flatMap(({ z }) => (z === null ? [] : [z]))
    .sort((a, b) => Math.abs(b) - Math.abs(a))[0];
  return {
    rounds: Number(rows.reduce((sum, { rounds }) => sum + rounds, 0n)),
    openRounds: open,
    staked: amounts(({ staked }) => staked),
    paid: amounts(({ paid }) => paid),
    ...(furthest === undefined ? {} : { z: furthest.toFixed(2) }),
  };
}
