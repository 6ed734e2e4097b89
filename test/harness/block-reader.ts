/** A reader of blocks that does what the contract asks of one; nothing but tests imports it. */
import assert from "node:assert/strict";
import { AgentError } from "../../chain-agent/agent-error.ts";
import { type Agent, connectAgent } from "../../chain-agent/client.ts";
import type { Block } from "../../chain-agent/generated/pitboss/chain/v1/block.ts";
import type { StreamBlocksResponse } from "../../chain-agent/generated/pitboss/chain/v1/chain.ts";

/**
 * Keeps the chain that a stream tells of, with the cursor; goes on at another replica whenever a stream breaks. Every block
 * must be the child of the one before it: a gap or a repeat fails.
 */
export class BlockReader {
  readonly blocks: Block[] = [];
  readonly #finalOnly: boolean;
  readonly #first: bigint;
  readonly #ended = new AbortController();
  #cursor = "";
  #running: Promise<void> = Promise.resolve();
  #failure: unknown;
  /** Streams that were begun, and undos that were told. */
  streams = 0;
  undos = 0;

  constructor(first: bigint, finalOnly: boolean) {
    this.#first = first;
    this.#finalOnly = finalOnly;
  }

  get last(): Block | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    return this.blocks.at(-1);
  }

  /** Reads until it is stopped; `next` names the replica of the next try. */
  start(next: () => string): void {
    this.#running = this.#run(next).catch((error: unknown) => {
      this.#failure = error;
    });
  }

  async stop(): Promise<void> {
    this.#ended.abort();
    await this.#running;
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #run(next: () => string): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      const agent = connectAgent({ address: next() });
      try {
        await this.#read(agent, signal);
      } catch (error) {
        if (!(error instanceof AgentError && error.transient)) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
      } finally {
        agent.close();
      }
    }
  }

  async #read(agent: Agent, signal: AbortSignal): Promise<void> {
    this.streams++;
    const request = {
      ...{ chainId: "", cursor: this.#cursor, stopHeight: undefined },
      startHeight: this.#first,
      finalOnly: this.#finalOnly,
    };
    for await (const message of agent.chain.streamBlocks(request, { signal })) {
      this.#take(message);
      if (message.event?.$case === "end") return;
    }
  }

  /** What a reader must do in one transaction. */
  #take({ cursor, event }: StreamBlocksResponse): void {
    this.#cursor = cursor;
    if (event?.$case === "block") {
      const before = this.blocks.at(-1);
      const expected = before === undefined ? this.#first : before.height + 1n;
      assert.equal(event.value.height, expected, "a gap or a repeat");
      if (before !== undefined) assert.equal(event.value.parentHash, before.hash);
      this.blocks.push(event.value);
    } else if (event?.$case === "undo") {
      assert.ok(!this.#finalOnly, "a final block was undone");
      this.undos++;
      const { lastValid } = event.value;
      const kept = this.blocks.findIndex(({ hash }) => hash === lastValid?.hash);
      assert.ok(kept >= 0, `an undo to block ${lastValid?.height}, which was never sent`);
      this.blocks.length = kept + 1;
    }
  }
}
