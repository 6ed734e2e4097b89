import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { Agent, request } from "undici";
import type { ApiAccess } from "../api-access.ts";

/** The API server refused; `status` is HTTP's. */
export class ApiRefusal extends Error {
  override readonly name = "ApiRefusal";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface WatchEvent<T> {
  type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  object: T;
}

const TIMEOUT_MS = 15_000;
// A server that is silent for longer than its bookmarks come counts as gone.
const WATCH_SILENCE_MS = 120_000;

/**
 * The calls that a node makes, with the rights of a node. The operator's client is not for it: it
 * writes as the operator, and a node speaks to subresources that no operator needs.
 */
export class NodeApi {
  readonly #server: string;
  readonly #token: string;
  readonly #agent: Agent;

  constructor({ url, caFile, token }: ApiAccess) {
    this.#server = url;
    this.#token = token;
    const connect = { ca: readFileSync(caFile) };
    this.#agent = new Agent({ connect, bodyTimeout: WATCH_SILENCE_MS });
  }

  async call<T>(
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
    path: string,
    body?: unknown,
    contentType = "application/json",
  ): Promise<T> {
    const answer = await request(this.#server + path, {
      dispatcher: this.#agent,
      method,
      headers: { ...this.#headers(), "content-type": contentType },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await answer.body.text();
    if (answer.statusCode < 300) return JSON.parse(text) as T;
    const { statusCode } = answer;
    throw new ApiRefusal(statusCode, `${method} ${path}: ${statusCode} ${messageOf(text)}`);
  }

  /** The object, or undefined where there is none. */
  async find<T>(path: string): Promise<T | undefined> {
    try {
      return await this.call<T>("GET", path);
    } catch (error) {
      if (error instanceof ApiRefusal && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Watch events until the server ends the watch; throws where the connection breaks. */
  async *watch<T>(path: string, signal: AbortSignal): AsyncGenerator<WatchEvent<T>> {
    const answer = await request(this.#server + path, {
      dispatcher: this.#agent,
      headers: this.#headers(),
      signal,
    });
    if (answer.statusCode !== 200) {
      throw new ApiRefusal(answer.statusCode, `watch ${path}: ${await answer.body.text()}`);
    }
    for await (const line of createInterface({ input: answer.body })) {
      yield JSON.parse(line) as WatchEvent<T>;
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  #headers(): Record<string, string> {
    return { authorization: `Bearer ${this.#token}`, accept: "application/json" };
  }
}

/** What a Status object says; other answers as they are. */
function messageOf(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text;
  }
}
