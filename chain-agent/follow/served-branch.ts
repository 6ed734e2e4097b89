import type { BlockRef, Header } from "../adapters/adapter.ts";
import type { HeaderTree } from "./header-tree.ts";

/** The branch that the agent serves: a run of headers without gaps, from some way below the finalized block to the head. */
export class ServedBranch {
  #headers: Header[] = [];

  get head(): Header | undefined {
    return this.#headers.at(-1);
  }

  /** The lowest header that is kept. */
  get base(): Header | undefined {
    return this.#headers[0];
  }

  at(height: bigint): Header | undefined {
    const { base } = this;
    if (base === undefined || height < base.height) return undefined;
    return this.#headers[Number(height - base.height)];
  }

  has(block: BlockRef): boolean {
    return this.at(block.height)?.hash === block.hash;
  }

  /** Up to `max` headers above a height. */
  above(height: bigint, max: number): Header[] {
    const { base } = this;
    if (base === undefined) return [];
    const from = Math.max(0, Number(height + 1n - base.height));
    return this.#headers.slice(from, from + max);
  }

  /** Where a branch leaves this one: the highest block that both have. */
  forkPoint(tree: HeaderTree, tip: Header): Header | undefined {
    let at: Header | undefined = tip;
    while (at !== undefined && !this.has(at)) at = tree.parent(at);
    return at;
  }

  /** Serves another head. False, and nothing changes, where the tree does not connect it to this branch. */
  moveTo(tree: HeaderTree, head: Header): boolean {
    const added: Header[] = [];
    let at: Header | undefined = head;
    while (at !== undefined && !this.has(at)) {
      added.push(at);
      at = tree.parent(at);
    }
    added.reverse();
    if (this.base === undefined) this.#headers = added;
    else if (at === undefined) return false;
    else this.#headers.splice(Number(at.height - this.base.height) + 1, Infinity, ...added);
    return true;
  }

  /** Forgets what is below a height. */
  prune(height: bigint): void {
    if (this.base === undefined || this.base.height >= height) return;
    this.#headers.splice(0, Number(height - this.base.height));
  }

  clear(): void {
    this.#headers = [];
  }
}
