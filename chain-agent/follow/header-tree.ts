import type { BlockRef, Header } from "../adapters/adapter.ts";

/**
 * Headers by hash, of every branch that a node has shown. The agent keeps its own: after a reorg a node may not know the
 * old blocks any more (anvil answers null), and then nobody could say what was undone.
 */
export class HeaderTree {
  readonly #headers = new Map<string, Header>();

  has(hash: string): boolean {
    return this.#headers.has(hash);
  }

  get(hash: string): Header | undefined {
    return this.#headers.get(hash);
  }

  add(headers: readonly Header[]): void {
    for (const header of headers) this.#headers.set(header.hash, header);
  }

  parent(header: Header): Header | undefined {
    return this.#headers.get(header.parentHash);
  }

  /** Whether a block is the header itself or below it on its branch. */
  leadsTo(block: BlockRef, header: Header): boolean {
    return this.ancestorAt(header, block.height)?.hash === block.hash;
  }

  /** The block at a height on the branch of a header, where the tree reaches down to it. */
  ancestorAt(header: Header, height: bigint): Header | undefined {
    let at: Header | undefined = header;
    while (at !== undefined && at.height > height) at = this.parent(at);
    return at?.height === height ? at : undefined;
  }

  /** The highest block that both branches have. */
  commonAncestor(a: Header, b: Header): Header | undefined {
    const height = a.height < b.height ? a.height : b.height;
    let left = this.ancestorAt(a, height);
    let right = this.ancestorAt(b, height);
    while (left !== undefined && right !== undefined && left.hash !== right.hash) {
      left = this.parent(left);
      right = this.parent(right);
    }
    return right === undefined ? undefined : left;
  }

  /** Forgets what is below a height. */
  prune(height: bigint): void {
    for (const header of this.#headers.values()) {
      if (header.height < height) this.#headers.delete(header.hash);
    }
  }

  clear(): void {
    this.#headers.clear();
  }
}
