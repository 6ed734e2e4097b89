import type { BlockRef, ChainNode, Header } from "../adapters/adapter.ts";
import { ChainState, type ChainStatus } from "../generated/pitboss/chain/v1/chain.ts";
import type { CanonicalChain, Position, Step } from "./canonical-chain.ts";
import { type ChainView, serves, stateOf, statusOf } from "./chain-state.ts";
import { Changes } from "./changes.ts";
import { FinalityGuard } from "./finality-guard.ts";
import type { FinalityStore, Violation } from "./finality-store.ts";
import { HeaderTree } from "./header-tree.ts";
import { agreeing, type Judged, judge, voters } from "./judge.ts";
import { NodeWatch } from "./node-watch.ts";
import { OldHeaders } from "./old-headers.ts";
import type { FollowEvents, FollowOptions } from "./options.ts";
import { Promises } from "./promises.ts";
import { ServedBranch } from "./served-branch.ts";
import { stepsAfter } from "./steps.ts";
import { electFinal, electHead, votesFor } from "./vote.ts";

/** Blocks below the finalized one whose headers stay in memory. */
const ringBlocks = 1024n;
const pruneEvery = 256n;
const compareMsDefault = 2_000;

/** Follows the nodes of a chain: what a quorum agrees on is served; what was final and is not stops everything. */
export class Follower implements CanonicalChain {
  readonly #options: FollowOptions;
  readonly #events: FollowEvents;
  readonly #guard: FinalityGuard;
  readonly #tree = new HeaderTree();
  readonly #served = new ServedBranch();
  readonly #watches: readonly NodeWatch[];
  readonly #changes = new Changes();
  readonly #old = new OldHeaders();
  readonly #ended = new AbortController();
  readonly #promises: Promises;
  #running: Promise<unknown> = Promise.resolve();
  #judged: readonly Judged[] = [];
  #agreeing: readonly ChainNode[] = [];
  #state: ChainState = ChainState.CHAIN_STATE_UNAVAILABLE;
  #final: Header | undefined;
  #prunedAt = 0n;
  #headSince = performance.now();
  #supportedAt = performance.now();

  constructor(
    nodes: readonly ChainNode[],
    store: FinalityStore,
    options: FollowOptions,
    events: FollowEvents = {},
  ) {
    this.#options = options;
    this.#events = events;
    this.#guard = new FinalityGuard(store, {
      violated: (violation) => {
        events.violated?.(violation);
        this.#changes.announce();
      },
      acknowledged: () => this.#startAnew(),
      compared: () => this.#changes.announce(),
      storeFailed: (error) => events.storeFailed?.(error),
    });
    this.#promises = new Promises(options.retractMs);
    this.#watches = nodes.map((node) => new NodeWatch(node, options, this.#tree));
  }

  start(): void {
    const { signal } = this.#ended;
    const floor = () => this.#final?.height;
    const loops = this.#watches.map((watch) =>
      watch.run(this.#options.pollMs, floor, () => this.#look(), signal),
    );
    const timer = setInterval(
      () => void this.#compare(),
      this.#options.compareMs ?? compareMsDefault,
    );
    signal.addEventListener("abort", () => clearInterval(timer));
    this.#running = Promise.all(loops);
  }

  /** Ends the polls; what is served stays. */
  async stop(): Promise<void> {
    this.#ended.abort();
    for (const { node } of this.#watches) node.close();
    await this.#running;
    await this.#compare();
  }

  get head(): Header | undefined {
    return this.#served.head;
  }

  get finalized(): Header | undefined {
    return this.#guard.compared ? this.#final : undefined;
  }

  get violation(): Violation | undefined {
    return this.#guard.violation;
  }

  get quorum(): number {
    return this.#options.quorum;
  }

  /** All nodes, whatever their state. */
  get all(): readonly ChainNode[] {
    return this.#watches.map(({ node }) => node);
  }

  /** The highest block that any node has shown. */
  get highest(): Header | undefined {
    return this.#watches
      .flatMap(({ answer }) => (answer.kind === "tip" ? [answer.head] : []))
      .reduce<Header | undefined>((a, b) => (a && a.height >= b.height ? a : b), undefined);
  }

  nodes(): readonly ChainNode[] {
    return this.#agreeing;
  }

  /** As of the last answer of a node. */
  state(): ChainState {
    return this.violation === undefined ? this.#state : stateOf(this.#view());
  }

  headAgeMs(): number {
    return Math.round(performance.now() - this.#headSince);
  }

  status(): ChainStatus {
    return statusOf(this.#view(), this.#options, this.finalized);
  }

  stopped(): string | undefined {
    if (this.violation !== undefined) return this.violation.message;
    if (!this.#guard.compared) {
      return "what is final was not yet compared with what other agents called final";
    }
    return serves(this.state()) ? undefined : "too few nodes answer and agree, or they still sync";
  }

  async after(position: Position, max: number): Promise<readonly Step[]> {
    return stepsAfter(
      {
        served: this.#served,
        tree: this.#tree,
        finalized: this.finalized,
        violation: this.violation?.message,
        retention: BigInt(this.#options.retentionBlocks),
        blockAt: (height) => this.blockAt(height),
      },
      position,
      max,
    );
  }

  async blockAt(height: bigint): Promise<Header | undefined> {
    const { head, base } = this.#served;
    if (head === undefined || base === undefined || height > head.height || height < 0n) {
      return undefined;
    }
    if (height >= base.height) return this.#served.at(height);
    return this.#old.get(height, this.nodes());
  }

  async isCanonical({ height, hash }: BlockRef): Promise<boolean> {
    return (await this.blockAt(height))?.hash === hash;
  }

  /** The nodes that call a height final. */
  finalNodes(height: bigint): ChainNode[] {
    return voters(this.#judged)
      .filter(({ final }) => final !== undefined && final >= height)
      .map(({ watch }) => watch.node);
  }

  /** Somebody found another block where one is final. */
  dispute(found: BlockRef, message: string): void {
    this.#violate(found, message);
  }

  changed(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#changes.next(ms, signal);
  }

  #view(): ChainView {
    const { quorum, staleMs, lagBlocks } = this.#options;
    const { head, violation } = this;
    const highest = this.highest?.height ?? 0n;
    return {
      ...{ judged: this.#judged, quorum, staleMs, head, violation },
      headAgeMs: this.headAgeMs(),
      lag: head !== undefined && highest > head.height ? highest - head.height : 0n,
      lagBlocks: BigInt(lagBlocks),
    };
  }

  /** Judges what the nodes said last, and moves. */
  #look(): void {
    const { quorum, lagBlocks } = this.#options;
    const before = { state: this.state(), head: this.head?.hash, final: this.#final?.hash };
    this.#judged = judge(this.#watches, this.#tree, this.#served, {
      quorum,
      lagBlocks: BigInt(lagBlocks),
    });
    if (this.violation === undefined && this.#promisesHold()) {
      this.#elect();
      this.#finalize();
    }
    this.#agreeing = agreeing(this.#judged);
    this.#state = stateOf(this.#view());
    const moved = before.head !== this.head?.hash || before.final !== this.#final?.hash;
    if (before.final === undefined && this.#final !== undefined) void this.#compare();
    if (moved || before.state !== this.state()) this.#changes.announce();
  }

  #promisesHold(): boolean {
    if (this.#final === undefined) return true;
    const broken = this.#promises.broken(this.#judged, this.#tree, this.#served, this.#final);
    if (broken !== undefined) this.#violate(broken.found, broken.message);
    return broken === undefined;
  }

  #elect(): void {
    const tips = voters(this.#judged).map(({ head }) => head);
    const { head } = this.#served;
    const elected = electHead(this.#tree, tips, this.#options.quorum, head);
    const now = performance.now();
    if (head !== undefined && votesFor(this.#tree, head, tips) >= this.#options.quorum) {
      this.#supportedAt = now;
    }
    if (elected === undefined || elected.hash === head?.hash) return;
    if (head !== undefined && this.#tree.leadsTo(elected, head)) {
      // Nodes that are behind do not speak against the head; those that stay behind do.
      if (now - this.#supportedAt < this.#options.retractMs) return;
    }
    this.#moveTo(elected, head);
  }

  #moveTo(elected: Header, head: Header | undefined): void {
    const kept = head === undefined ? undefined : this.#served.forkPoint(this.#tree, elected);
    if (kept !== undefined && this.#final !== undefined && kept.height < this.#final.height) {
      this.#violate(elected, "a quorum follows a branch that leaves out the final block");
      return;
    }
    if (!this.#served.moveTo(this.#tree, elected)) return;
    this.#headSince = performance.now();
    this.#supportedAt = this.#headSince;
    if (head !== undefined && kept !== undefined && kept.hash !== head.hash) {
      this.#events.undone?.(head, kept);
    }
  }

  #finalize(): void {
    const votes = voters(this.#judged).flatMap(({ final, head, watch }) => {
      const fork = this.#served.forkPoint(this.#tree, head);
      if (final === undefined || fork === undefined) return [];
      return [{ watch, height: final < fork.height ? final : fork.height }];
    });
    const height = electFinal(
      votes.map((vote) => vote.height),
      this.#options.quorum,
    );
    if (height === undefined || height <= (this.#final?.height ?? -1n)) return;
    const final = this.#served.at(height);
    if (final === undefined) return;
    this.#final = final;
    this.#promises.renewed(votes.filter((vote) => vote.height >= height).map(({ watch }) => watch));
    const lowest = final.height - ringBlocks;
    if (lowest - this.#prunedAt < pruneEvery) return;
    this.#prunedAt = lowest;
    this.#served.prune(lowest);
    this.#tree.prune(lowest);
  }

  #violate(found: BlockRef, message: string): void {
    if (this.#final === undefined) return;
    this.#guard.violate(this.#final, found, message);
    void this.#compare();
  }

  #compare(): Promise<void> {
    return this.#guard.compare(
      () => this.#final,
      (height) => this.blockAt(height),
    );
  }

  /** Somebody has looked, and takes the chain as it is now. */
  #startAnew(): void {
    this.#final = undefined;
    this.#promises.renewed([]);
    this.#served.clear();
    this.#old.clear();
    this.#changes.announce();
  }
}
