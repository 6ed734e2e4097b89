import { setTimeout as delay } from "node:timers/promises";
import type { ChainNode, Header } from "../adapters/adapter.ts";
import { fetchBranch } from "./fetch-branch.ts";
import type { HeaderTree } from "./header-tree.ts";

/** What every node is held against. */
export interface Expected {
  /** CAIP-2. */
  readonly chainId: string;
  /** Hash of block 0, where it is configured. */
  readonly genesis?: string | undefined;
  /** A block is final at this depth, itself included, and not before the node says so. */
  readonly confirmations: bigint;
}

export type Answer =
  | { readonly kind: "silent"; readonly message: string }
  | { readonly kind: "wrong"; readonly message: string }
  | {
      readonly kind: "tip";
      readonly head: Header;
      /** Highest height that the node calls final, the depth considered. */
      readonly final: bigint;
      /** Its own finalized block, where it has that tag. */
      readonly tagged: { readonly height: bigint; readonly hash: string } | undefined;
      readonly syncing: boolean;
      readonly peers: number | undefined;
    };

/** How often a node that was all right is asked who it is. */
const identityMs = 60_000;
/** The first answers reach below what is final, so that a node that is a little behind is known too. */
const slackBlocks = 64n;
/** A node that syncs pauses now and then: it is done only after so many answers in a row (eRPC's number). */
const settledAnswers = 4;

/** Ethereum's hashes have 0x before them, and a setting may leave it out. */
const bare = (hash: string) => hash.replace(/^0x/, "");

/** Polls one node. Polling is the truth; the node's websocket only makes the next poll come sooner. */
export class NodeWatch {
  readonly node: ChainNode;
  readonly #expected: Expected;
  readonly #tree: HeaderTree;
  #answer: Answer = { kind: "silent", message: "not asked yet" };
  #identifiedAt = Number.NEGATIVE_INFINITY;
  #settled = settledAnswers;
  #woken = false;
  #wakeUp: () => void = () => undefined;

  constructor(node: ChainNode, expected: Expected, tree: HeaderTree) {
    this.node = node;
    this.#expected = expected;
    this.#tree = tree;
  }

  /** What it last said. */
  get answer(): Answer {
    return this.#answer;
  }

  /** Polls until the signal fires; `floor` is the height below which nothing is asked for, once there is one. */
  async run(
    pollMs: number,
    floor: () => bigint | undefined,
    onAnswer: () => void,
    signal: AbortSignal,
  ): Promise<void> {
    const stopWaking = this.node.wake?.(() => {
      this.#woken = true;
      this.#wakeUp();
    });
    while (!signal.aborted) {
      this.#woken = false;
      await this.poll(floor());
      if (!signal.aborted) onAnswer();
      await this.#pause(pollMs, signal);
    }
    stopWaking?.();
  }

  /** Asks once. Never throws: not to answer is an answer. */
  async poll(floor: bigint | undefined): Promise<void> {
    try {
      this.#answer = (await this.#misplaced()) ?? (await this.#tip(floor));
    } catch (error) {
      this.#identifiedAt = Number.NEGATIVE_INFINITY;
      const message = error instanceof Error ? error.message : "unknown failure";
      this.#answer = { kind: "silent", message };
    }
  }

  async #misplaced(): Promise<Answer | undefined> {
    if (performance.now() - this.#identifiedAt < identityMs) return undefined;
    const { chainId, genesis } = await this.node.identity();
    const expected = this.#expected;
    const message =
      chainId !== expected.chainId
        ? `it is a node of ${chainId}, not of ${expected.chainId}`
        : expected.genesis !== undefined && bare(genesis) !== bare(expected.genesis)
          ? `its block 0 is ${genesis}, not ${expected.genesis}`
          : undefined;
    if (message !== undefined) return { kind: "wrong", message };
    this.#identifiedAt = performance.now();
    return undefined;
  }

  async #tip(floor: bigint | undefined): Promise<Answer> {
    const { head, finalized: tagged, syncing, peers } = await this.node.tip();
    const deep = head.height + 1n - this.#expected.confirmations;
    const depth = deep > 0n ? deep : 0n;
    const final = tagged !== undefined && tagged.height < depth ? tagged.height : depth;
    await fetchBranch(this.node, this.#tree, head, floor ?? final - slackBlocks);
    this.#settled = syncing ? 0 : this.#settled + 1;
    return {
      ...{ kind: "tip", head, final, tagged, peers },
      syncing: syncing || this.#settled < settledAnswers,
    };
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    if (this.#woken) return;
    const sooner = new AbortController();
    this.#wakeUp = () => sooner.abort();
    const either = AbortSignal.any([signal, sooner.signal]);
    await delay(ms, undefined, { signal: either, ref: true }).catch(() => undefined);
  }
}
