import { ApiError, failureOf, type Status } from "./api-error.ts";
import type { KubeObject } from "./object.ts";

/** What a watch says. A BOOKMARK's object has only a resourceVersion. */
export interface WatchEvent<T extends KubeObject = KubeObject> {
  type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  object: T;
}

const TYPES: ReadonlySet<unknown> = new Set(["ADDED", "MODIFIED", "DELETED", "BOOKMARK"]);

/**
 * The events of a watch's body, one JSON text a line. Ends when the server ends it between two
 * lines; an ERROR event, a cut line and a broken connection are ApiErrors.
 */
export async function* decodeWatch<T extends KubeObject>(
  doing: string,
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<WatchEvent<T>> {
  for await (const line of lines(doing, body)) {
    if (line !== "") yield decode<T>(doing, line);
  }
}

async function* lines(doing: string, body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest: string[] = [];
  try {
    for await (const chunk of body) {
      const pieces = decoder.decode(chunk, { stream: true }).split("\n");
      const last = pieces.pop() ?? "";
      for (const piece of pieces) {
        yield rest.join("") + piece;
        rest = [];
      }
      if (last !== "") rest.push(last);
    }
  } catch (cause) {
    throw cause instanceof ApiError ? cause : new ApiError({ doing, failure: "away", cause });
  }
  if (rest.length > 0) {
    const cause = new Error("the stream ended in the middle of an event");
    throw new ApiError({ doing, failure: "away", cause });
  }
}

function decode<T extends KubeObject>(doing: string, line: string): WatchEvent<T> {
  let event: { type?: unknown; object?: unknown };
  try {
    event = JSON.parse(line);
  } catch (cause) {
    throw new ApiError({ doing, failure: "away", cause });
  }
  if (event.type === "ERROR") throw inStream(doing, event.object as Status);
  if (!TYPES.has(event.type) || typeof event.object !== "object" || event.object === null) {
    const cause = new Error(`no event: ${line.slice(0, 200)}`);
    throw new ApiError({ doing, failure: "away", cause });
  }
  return event as WatchEvent<T>;
}

function inStream(doing: string, status: Status): ApiError {
  const code = status.code ?? 500;
  const seconds = status.details?.retryAfterSeconds;
  return new ApiError({
    doing,
    code,
    failure: failureOf(code, status),
    status,
    retryAfterMs: seconds ? seconds * 1000 : undefined,
  });
}
