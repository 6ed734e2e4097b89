import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Context } from "koa";

const compress = promisify(gzip);
/** Below this a packet holds it either way. */
const COMPRESSED_BYTES_MIN = 1_400;

/** JSON text that many ask for and that seldom changes: its tag and its compressed form are made once. */
export class Representation {
  readonly #text: string;
  /** Weak: the compressed form is another sequence of bytes. */
  readonly #etag: string;
  #compressed: Promise<Buffer> | undefined;

  constructor(text: string) {
    this.#text = text;
    this.#etag = `W/"${createHash("sha256").update(text).digest("base64url").slice(0, 22)}"`;
  }

  /** Answers with 304 where the client has it, and compressed where the client takes gzip. */
  async send(ctx: Context): Promise<void> {
    ctx.set({ ETag: this.#etag, Vary: "Accept-Encoding" });
    if (this.#isKnown(ctx.get("if-none-match"))) {
      ctx.status = 304;
      return;
    }
    const small = this.#text.length < COMPRESSED_BYTES_MIN;
    if (small || ctx.acceptsEncodings("gzip", "identity") !== "gzip") {
      ctx.body = this.#text;
    } else {
      this.#compressed ??= compress(this.#text);
      ctx.set("Content-Encoding", "gzip");
      ctx.body = await this.#compressed;
    }
    ctx.type = "application/json";
  }

  /** RFC 9110, 13.1.2: any of the listed tags, compared weakly. */
  #isKnown(tags: string): boolean {
    const opaque = (tag: string) => tag.trim().replace(/^W\//, "");
    return tags.split(",").some((tag) => tag.trim() === "*" || opaque(tag) === opaque(this.#etag));
  }
}

/** Keeps the representation of what was asked for last; `text` is made again only where `key` is another. */
export function represented(): (
  key: unknown,
  text: () => Promise<string>,
) => Promise<Representation> {
  let last: { key: unknown; made: Promise<Representation> } | undefined;
  return (key, text) => {
    if (last !== undefined && last.key === key) return last.made;
    const made = text().then((it) => new Representation(it));
    last = { key, made };
    // What could not be made is tried again at the next request.
    made.catch(() => {
      if (last?.made === made) last = undefined;
    });
    return made;
  };
}
