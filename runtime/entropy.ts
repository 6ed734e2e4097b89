import { type PairChain, waitsForChain } from "../games/chain-entropy.ts";
import type { Agents } from "./agents.ts";
import type { Database, Row } from "./database.ts";
import type { Hooks, Logger } from "./types.ts";

const listWaiting = {
  name: "waiting_pairs",
  text: "SELECT id, chain, height FROM waiting_pairs($1)",
};
const takeEntropy = { name: "take_entropy", text: "SELECT take_entropy($1)" };
const waiveEntropy = { name: "waive_entropy", text: "SELECT waive_entropy($1) AS waived" };

/** An agent that takes longer counts as away. */
const callMs = 2_000;
/** A chain that gave no answer is left alone for so long, and a block that was not final yet. */
const restMs = 1_000;
/** Waiting pairs of one look, heights to commit for them, and blocks to ask for. */
const lookMax = 1_000;
const heightsMax = 100;
const blocksMax = 20;
const kept = 10_000;

/** A pair without its height, or without the hash of the block there. */
export interface WaitingPair {
  readonly id: string;
  readonly chain: string;
  readonly height: number | null;
}

export interface EntropyOptions {
  readonly game: string;
  readonly db: Database;
  readonly agents: Agents;
  readonly logger: Logger;
  readonly hooks: Hooks;
}

/** Those of a player's two pairs that wait for a chain. */
export function waitingOf(
  ...pairs: readonly { readonly id: string; readonly chain: PairChain | null }[]
): WaitingPair[] {
  return pairs.flatMap(({ id, chain: from }) => {
    if (from === null || !waitsForChain(from)) return [];
    return [{ id, chain: from.chain, height: from.height }];
  });
}

/**
 * Has the chains' agents commit heights for seed pairs, and find the hashes there. What they found is copied by SQL from
 * where they store it: nothing that this process says of it counts.
 */
export class GameEntropy {
  readonly #o: EntropyOptions;
  /** Chain or pair → when it may be asked again. */
  readonly #restUntil = new Map<string, number>();

  constructor(options: EntropyOptions) {
    this.#o = options;
  }

  /** Gets what these pairs wait for; whether any of them is another now. */
  async advance(waiting: readonly WaitingPair[]): Promise<boolean> {
    const answers = await Promise.all(waiting.map((pair) => this.#ask(pair)));
    const found = waiting.filter((_, i) => answers[i] === "found").map(({ id }) => id);
    if (found.length > 0) await this.#o.db.query(takeEntropy, [found]);
    let changed = found.length > 0;
    for (const [i, { id, height }] of waiting.entries()) {
      if (answers[i] === "away" && height === null) changed = (await this.#waive(id)) || changed;
    }
    return changed;
  }

  /** All pairs of the game that wait: whoever plays next on one should not. */
  async look(): Promise<void> {
    const rows: Row[] = await this.#o.db.query(listWaiting, [lookMax]);
    await this.advance(rows.filter(({ height }) => height === null).slice(0, heightsMax));
    const reserved = rows.filter(({ height }) => height !== null);
    const blocks = [...Map.groupBy(reserved, ({ chain, height }) => `${chain} ${height}`).values()];
    for (const pairs of blocks.slice(0, blocksMax)) {
      // The agent notes a block for all that wait for it.
      const [first] = pairs;
      if (!(await this.advance([first]))) continue;
      await this.#o.db.query(takeEntropy, [pairs.map(({ id }) => id)]);
    }
  }

  async #ask(pair: WaitingPair): Promise<"found" | "early" | "away"> {
    if (this.#rests(pair.chain)) return "away";
    if (this.#rests(pair.id)) return "early";
    try {
      const { entropy } = await this.#o.agents.of(pair.chain);
      const requestId = `${this.#o.game}/${pair.id}`;
      const call = { deadlineMs: callMs };
      if (pair.height !== null) await entropy.getEntropy({ requestId }, call);
      else await entropy.commitEntropyHeight({ requestId, chainId: "", blocksAhead: 0 }, call);
      this.#o.hooks.entropy?.(pair.height === null ? "reserved" : "final");
      return "found";
    } catch (error) {
      if (reasonOf(error) === "NOT_FINAL") {
        this.#rest(pair.id);
        return "early";
      }
      this.#rest(pair.chain);
      this.#o.hooks.entropy?.("down");
      this.#o.logger.warn({ err: error, chain: pair.chain }, "the chain gives no entropy");
      return "away";
    }
  }

  /** SQL knows whether the Game allows it, and for which pairs. */
  async #waive(id: string): Promise<boolean> {
    const [row] = await this.#o.db.query(waiveEntropy, [id]);
    if (row.waived === true) this.#o.hooks.entropy?.("waived");
    return row.waived;
  }

  #rests(name: string): boolean {
    return (this.#restUntil.get(name) ?? 0) > performance.now();
  }

  #rest(name: string): void {
    if (this.#restUntil.size >= kept) this.#restUntil.clear();
    this.#restUntil.set(name, performance.now() + restMs);
  }
}

/** The reason of an AgentError, whose class is not loaded here: gRPC comes with it. */
function reasonOf(error: unknown): unknown {
  return error instanceof Error && "reason" in error ? error.reason : undefined;
}
