import type { Game, GameStatus, ObservedPlay } from "../../crds/generated/game.ts";
import { currencies } from "../../games/currencies.ts";
import { formatAmount } from "../../games/money.ts";
import { observed } from "../database/observed.ts";
import { recordBreach } from "../database/return-breaches.ts";
import type { Database, Observed } from "../database/types.ts";
import { failedWith } from "../kube/api-error.ts";
import { conditionOf } from "../kube/conditions.ts";
import type { Informer } from "../kube/informer.ts";
import type { Logger } from "../kube/logger.ts";
import type { GameMetrics } from "../metrics.ts";
import { PAUSED_ANNOTATION } from "../platform/names.ts";
import type { PlatformDatabase } from "../platform/platform-database.ts";
import type { StatusWriter } from "../platform/status-writer.ts";
import { noteOf } from "./return-breach.ts";
import { judgePlay } from "./return-monitor.ts";

interface Options {
  readonly everyMs: number;
  readonly statuses: Pick<StatusWriter<GameStatus>, "write">;
  readonly games: Pick<Informer<Game>, "list">;
  readonly platformDatabase: Pick<PlatformDatabase, "current">;
  readonly metrics: Pick<GameMetrics, "strained">;
  readonly logger: Logger;
  /** A breach of the return stands that the Game does not tell of yet. */
  readonly onBreach: (game: Game) => void;
}

/**
 * What play has shown, written into the status now and then where it changed, and held against the
 * proven return. It changes all the time and calls for nothing, so it stays out of the controller's
 * queue; only a breach of the return calls for the Game.
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
    }, this.#options.everyMs).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  /** One round over all Games. Never throws: the next time is another. */
  async writeAll(): Promise<void> {
    const { games, logger } = this.#options;
    for (const game of games.list()) {
      try {
        await this.#write(game);
      } catch (error) {
        // Somebody else wrote the status meanwhile; theirs counts, ours waits for the next time.
        if (failedWith(error, "conflict", "notFound")) continue;
        logger.warn({ err: error, game: game.metadata.name }, "cannot tell what play has shown");
        return;
      }
    }
  }

  async #write(game: Game): Promise<void> {
    const { statuses, platformDatabase, metrics } = this.#options;
    const { name, deletionTimestamp, annotations } = game.metadata;
    const current = platformDatabase.current();
    const paused = annotations?.[PAUSED_ANNOTATION] === "true";
    if ("failed" in current || deletionTimestamp || paused || !game.status?.schema) return;
    const { db } = current.link;
    const rows = await observed(db, name);
    metrics.strained(game.metadata, await this.#judge(db, game, rows));
    const play = observedPlay(rows);
    await statuses.write(game, (now) =>
      play.rounds === 0 && play.openRounds === 0 && !now.observed
        ? now
        : { ...now, observed: play },
    );
  }

  /** Writes down what strays too far. How far the play strays, of what chance explains. */
  async #judge(db: Database, game: Game, rows: readonly Observed[]): Promise<number> {
    const noted = noteOf(game);
    let most = 0;
    for (const { currency, judged: play } of rows) {
      const { breach, strain } = judgePlay(play);
      most = Math.max(most, strain);
      if (!breach) continue;
      const found = await recordBreach(db, game.metadata, { currency, ...breach, play, noted });
      // Also where it was written and its writer died before anybody heard of it.
      if (found || !tellsOfBreach(game)) this.#options.onBreach(game);
    }
    return most;
  }
}

const tellsOfBreach = ({ status }: Game): boolean =>
  conditionOf(status, "ReturnAsProven")?.status === "False";

/** The status' view of what was played; z is of the currency that strays furthest. */
export function observedPlay(rows: readonly Observed[]): ObservedPlay {
  const amounts = (pick: (row: Observed) => bigint) =>
    Object.fromEntries(
      rows.map((row) => [row.currency, formatAmount(pick(row), currencies.get(row.currency) ?? 0)]),
    );
  const furthest = rows
    .flatMap(({ z }) => (z === null ? [] : [z]))
    .sort((a, b) => Math.abs(b) - Math.abs(a))[0];
  return {
    rounds: Number(rows.reduce((sum, { rounds }) => sum + rounds, 0n)),
    openRounds: rows.reduce((sum, { openRounds }) => sum + openRounds, 0),
    staked: amounts(({ staked }) => staked),
    paid: amounts(({ paid }) => paid),
    ...(furthest === undefined ? {} : { z: furthest.toFixed(2) }),
  };
}
