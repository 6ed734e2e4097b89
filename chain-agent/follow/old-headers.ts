import type { ChainNode, Header } from "../adapters/adapter.ts";
import { NoQuorum } from "./canonical-chain.ts";

const kept = 4096;

/** Final headers below those that the agent follows: they are asked of a node, and kept for the next reader. */
export class OldHeaders {
  readonly #headers = new Map<bigint, Header>();

  /** The header at a height that is final. */
  async get(height: bigint, nodes: readonly ChainNode[]): Promise<Header | undefined> {
    const known = this.#headers.get(height);
    if (known !== undefined) return known;
    const [node] = nodes;
    if (node === undefined) throw new NoQuorum("no node can be asked for an old block");
    const header = await node.headerAt(height);
    if (header === undefined) return undefined;
    this.#headers.set(height, header);
    const [oldest] = this.#headers.keys();
    if (this.#headers.size > kept && oldest !== undefined) this.#headers.delete(oldest);
    return header;
  }

  clear(): void {
    this.#headers.clear();
  }
}
