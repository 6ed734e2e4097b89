import type { BlockRef, Header } from "../adapters/adapter.ts";
import { StreamBlocksResponse } from "../generated/pitboss/chain/v1/chain.ts";
import { Encoded } from "../service.ts";
import { cursorOf } from "./cursor.ts";

/** Messages that are kept; readers who are further apart than that share less. */
const kept = 256;

/** Encodes the message of a block once, for all readers that are at the same place. */
export class SharedBlocks {
  readonly #messages = new Map<string, Encoded>();

  /** `behind` is what the cursor calls final; `finalized` what is final by now. */
  message(block: Header, behind: BlockRef, finalized: BlockRef): Encoded {
    const key = `${block.hash}/${behind.hash}/${finalized.hash}`;
    const known = this.#messages.get(key);
    if (known !== undefined) return known;
    const bytes = StreamBlocksResponse.encode({
      cursor: cursorOf({ block, finalized: behind }),
      finalized: { height: finalized.height, hash: finalized.hash },
      event: { $case: "block", value: block },
    }).finish();
    const made = new Encoded(Buffer.from(bytes));
    this.#messages.set(key, made);
    const [oldest] = this.#messages.keys();
    if (this.#messages.size > kept && oldest !== undefined) this.#messages.delete(oldest);
    return made;
  }
}
