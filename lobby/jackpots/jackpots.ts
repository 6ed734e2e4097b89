import type { Registry } from "prom-client";
import type { Database } from "../../runtime/database.ts";
import type { Logger } from "../../runtime/log.ts";
import { Board } from "./board.ts";
import { jackpotMetrics } from "./metrics.ts";
import { Sequencer } from "./sequencer.ts";
import { Streams } from "./stream.ts";

export interface JackpotsOptions {
  readonly database: Database;
  readonly log: Logger;
  readonly registry?: Registry;
}

/** All that the lobby does about jackpots: it counts what rounds add, and shows it. */
export class Jackpots {
  readonly board: Board;
  readonly streams: Streams;
  readonly #sequencer: Sequencer;

  constructor({ database, log, registry }: JackpotsOptions) {
    this.board = new Board(database, log);
    this.streams = new Streams({ board: this.board, log });
    const metrics =
      registry &&
      jackpotMetrics(
        registry,
        () => this.board.rows(),
        () => this.streams.count,
      );
    const counted = (jackpot: number, { taken }: { taken: number }) =>
      metrics?.counted(jackpot, taken);
    this.#sequencer = new Sequencer({ database, log, counted });
  }

  async start(): Promise<void> {
    await this.board.start();
    this.#sequencer.start();
  }

  /** Ends the streams, which would not end by themselves. */
  drain(): void {
    this.streams.close();
  }

  async stop(): Promise<void> {
    this.drain();
    await this.#sequencer.stop();
    await this.board.stop();
  }
}
