import type { IncomingMessage } from "node:http";
import type { Refusal } from "./errors.ts";

/** Most bytes of a request's body. */
export const BODY_BYTES_MAX = 100_000;
/** A body up to here is read to its end before it is refused, so that the client sees the answer. */
const DISCARDED_BYTES_MAX = 1_000_000;
/** Deepest nesting of a request's body: what works on it may recurse. */
export const BODY_DEPTH_MAX = 32;

const mediaType = /^application\/json(?:\s*;\s*charset="?utf-8"?)?\s*$/i;
/** Strings, structure and the end of a text that JSON.parse has found to be JSON. */
const token = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/g;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** A key of this name would change an object's prototype in careless code, later on. */
const prototypeKeys = new Set(["__proto__", "constructor", "prototype"]);

function malformed(detail: string): Refusal {
  return { refused: "malformed", detail };
}

/** Reads a request's body as JSON: 415, 413 or 400 where it is not that. */
export async function readBody(request: IncomingMessage): Promise<{ json: unknown } | Refusal> {
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (!mediaType.test(request.headers["content-type"] ?? "") || encoding !== "identity") {
    return { refused: "unsupported_media_type" };
  }
  const bytes = await readBytes(request);
  return bytes === null ? { refused: "payload_too_large" } : parseBody(bytes);
}

async function readBytes(request: IncomingMessage): Promise<Buffer | null> {
  if (Number(request.headers["content-length"] ?? 0) > DISCARDED_BYTES_MAX) return null;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > DISCARDED_BYTES_MAX) break;
    if (size <= BODY_BYTES_MAX) chunks.push(chunk);
  }
  return size > BODY_BYTES_MAX ? null : Buffer.concat(chunks);
}

/**
 * JSON as two readers cannot take it for two things: UTF-8, no key twice, none that names a
 * prototype, no number beyond a double, no broken surrogate, not too deep.
 */
export function parseBody(bytes: Uint8Array): { json: unknown } | Refusal {
  let text: string;
  let json: unknown;
  try {
    text = utf8.decode(bytes);
    json = JSON.parse(text);
  } catch {
    return malformed("the body is not JSON in UTF-8");
  }
  const fault = keysFault(text) ?? valueFault(json);
  return fault === null ? { json } : malformed(fault);
}

/** Looks through the text, because JSON.parse silently keeps the last of two equal keys. */
function keysFault(text: string): string | null {
  const open: (Set<string> | null)[] = [];
  let last = "";
  for (const [part] of text.matchAll(token)) {
    if (part === "{") open.push(new Set());
    else if (part === "[") open.push(null);
    else if (part === "}" || part === "]") open.pop();
    else if (part === ":") {
      const fault = keyFault(open.at(-1), JSON.parse(last));
      if (fault !== null) return fault;
    }
    if (open.length > BODY_DEPTH_MAX) return `the body is nested deeper than ${BODY_DEPTH_MAX}`;
    last = part;
  }
  return null;
}

function keyFault(keys: Set<string> | null | undefined, key: string): string | null {
  if (prototypeKeys.has(key)) return `the key ${key} is not taken`;
  if (keys?.has(key)) return "the body holds a key twice";
  keys?.add(key);
  return null;
}

function valueFault(value: unknown): string | null {
  if (typeof value === "number") return Number.isFinite(value) ? null : "a number is too large";
  if (typeof value === "string") return stringFault(value);
  if (typeof value !== "object" || value === null) return null;
  for (const [key, field] of Object.entries(value)) {
    const fault = stringFault(key) ?? valueFault(field);
    if (fault !== null) return fault;
  }
  return null;
}

function stringFault(text: string): string | null {
  if (!text.isWellFormed()) return "a string holds half a surrogate pair";
  // PostgreSQL's text and jsonb cannot hold it.
  return text.includes("\0") ? "a string holds the character U+0000" : null;
}
