import type { BlockRef, Header } from "../adapters/adapter.ts";
import { GetBlockResponse, StreamBlocksResponse } from "../generated/pitboss/chain/v1/chain.ts";
import { Encoded } from "../service.ts";
import { cursorOf } from "./cursor.ts";

/** Messages that are kept; readers who are further apart than that share less. */
const kept = 256;

/** Encodes what is said of a block once, for all who are told. */
export class SharedBlocks {
  readonly #answers = {
    final: new WeakMap<Header, Encoded>(),
    open: new WeakMap<Header, Encoded>(),
  };
  readonly #messages = new Map<string, Encoded>();

  /** The answer to who asks for a block. */
  answer(block: Header, final: boolean): Encoded {
    const answers = final ? this.#answers.final : this.#answers.open;
    const known = answers.get(block);
    if (known !== undefined) return known;
    const made = new Encoded(Buffer.from(GetBlockResponse.encode({ block, final }).finish()));
    answers.set(block, made);
    return made;
  }

  /** The next message of a stream. `behind` is what the cursor calls final; `finalized` what is final by now. */
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
