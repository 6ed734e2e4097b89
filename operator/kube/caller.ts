import { ApiError, failureOf, type Status } from "./api-error.ts";
import { backoff } from "./backoff.ts";
import { type Clock, systemClock } from "./clock.ts";
import { Deadline } from "./deadline.ts";
import type { Metrics } from "./metrics.ts";
import type { Answer, Exchange, Transport } from "./transport.ts";

/** One call and how it may be repeated. */
export interface CallSpec extends Omit<Exchange, "idleMs"> {
  /** What the call does, for errors: "apply Deployment casino/coin-flip". */
  doing: string;
  /** The verb for metrics. */
  verb: string;
  /** Sending it twice does no more than sending it once. */
  repeatable: boolean;
  timeoutMs: number;
  /** Runs each attempt; by default it is simply sent. */
  around?: (send: () => Promise<unknown>) => Promise<unknown>;
}

const MAX_TRIES = 5;
const RETRY_MS = { first: 100, max: 5_000 };
// A server may ask for more; then the caller's own back-off is the better place to wait.
const LONGEST_WAIT_MS = 30_000;

/** Makes calls: times them out, counts them, repeats what may be repeated, and names what failed. */
export class Caller {
  readonly #transport: Transport;
  readonly #metrics: Metrics;
  readonly #clock: Clock;

  constructor(transport: Transport, metrics: Metrics, clock: Clock) {
    this.#transport = transport;
    this.#metrics = metrics;
    this.#clock = clock;
  }

  /** The JSON of the answer; an ApiError if there is none. */
  async call(spec: CallSpec): Promise<unknown> {
    const around = spec.around ?? ((send) => send());
    for (let tries = 1; ; tries++) {
      try {
        return await around(() => this.#once(spec));
      } catch (error) {
        const waitMs = waitBefore(tries + 1, spec, error);
        if (waitMs === undefined) throw error;
        if (waitMs > 0) await this.#wait(spec, waitMs);
      }
    }
  }

  /** The answer as a stream, for a watch: no deadline but the idle one. */
  async open(spec: Omit<CallSpec, "timeoutMs">, idleMs: number): Promise<Answer> {
    const answer = await this.#send(spec, idleMs);
    if (answer.statusCode >= 400) throw failure(spec.doing, answer, await this.#text(spec, answer));
    return answer;
  }

  async #once(spec: CallSpec): Promise<unknown> {
    const why = `no answer within ${spec.timeoutMs} ms`;
    // The network's time is the machine's, whatever clock the rest goes by.
    const deadline = new Deadline(systemClock, spec.timeoutMs, why, spec.signal);
    const started = this.#clock.monotonic();
    try {
      const answer = await this.#send({ ...spec, signal: deadline.signal }, spec.timeoutMs);
      const text = await this.#text(spec, answer);
      if (answer.statusCode >= 400) throw failure(spec.doing, answer, text);
      return parse(spec.doing, text);
    } finally {
      deadline.release();
      const seconds = (this.#clock.monotonic() - started) / 1000;
      this.#metrics.calls.seconds.observe(this.#labels(spec.verb), seconds);
    }
  }

  async #send(spec: Omit<CallSpec, "timeoutMs">, idleMs: number): Promise<Answer> {
    const { method } = spec;
    const { host } = this.#transport.server;
    try {
      const answer = await this.#transport.send({ ...spec, idleMs });
      this.#metrics.calls.total.inc({ code: String(answer.statusCode), method, host });
      return answer;
    } catch (cause) {
      this.#metrics.calls.total.inc({ code: "<error>", method, host });
      throw new ApiError({ doing: spec.doing, failure: "away", cause });
    }
  }

  async #text(spec: { doing: string }, answer: Answer): Promise<string> {
    try {
      return await answer.body.text();
    } catch (cause) {
      throw new ApiError({ doing: spec.doing, failure: "away", cause });
    }
  }

  async #wait({ verb, signal, doing }: CallSpec, ms: number): Promise<void> {
    this.#metrics.calls.waitSeconds.observe(this.#labels(verb), ms / 1000);
    try {
      await this.#clock.sleep(ms, signal);
    } catch (cause) {
      throw new ApiError({ doing, failure: "away", cause });
    }
  }

  #labels(verb: string) {
    return { verb, host: this.#transport.server.host };
  }
}

/** How long to wait before that try; undefined if there must be none. */
function waitBefore(next: number, spec: CallSpec, error: unknown): number | undefined {
  if (!(error instanceof ApiError) || next > MAX_TRIES || spec.signal?.aborted) return;
  const { failure: what, retryAfterMs } = error;
  // The token may have been rotated a moment ago: once more with the new one.
  if (what === "unauthorized") return next === 2 ? 0 : undefined;
  // 429 means that nothing was done, whatever the verb.
  if (what !== "busy" && !(what === "away" && spec.repeatable)) return;
  if (retryAfterMs === undefined) return backoff(next - 1, RETRY_MS);
  return retryAfterMs > LONGEST_WAIT_MS ? undefined : retryAfterMs * (1 + Math.random() / 10);
}

/** The error that an answer of 400 and above stands for. */
export function failure(
  doing: string,
  answer: Pick<Answer, "statusCode" | "headers">,
  text: string,
): ApiError {
  const status = statusOf(text);
  return new ApiError({
    doing,
    code: answer.statusCode,
    failure: failureOf(answer.statusCode, status),
    status,
    retryAfterMs: retryAfter(answer.headers["retry-after"], status),
  });
}

// Proxies and missing kinds answer in plain text.
function statusOf(text: string): Status {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "object" && body !== null) return body;
  } catch {
    return { message: text.slice(0, 200).trim() };
  }
  return { message: text };
}

function retryAfter(header: string | string[] | undefined, status: Status): number | undefined {
  const text = Array.isArray(header) ? header[0] : header;
  if (text === undefined) {
    const seconds = status.details?.retryAfterSeconds;
    return seconds ? seconds * 1000 : undefined;
  }
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const until = Date.parse(text);
  return Number.isNaN(until) ? undefined : Math.max(0, until - Date.now());
}

function parse(doing: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ApiError({ doing, failure: "away", cause });
  }
}
