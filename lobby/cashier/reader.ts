import type { Agent } from "../../runtime/agents.ts";
import type { Logger } from "../../runtime/log.ts";
import { pause } from "../../runtime/pause.ts";
import type { CashierLedger, Stream, Taken } from "./ledger.ts";

/** A message of an agent's stream, whichever it is. */
export interface Message {
  readonly cursor: string;
  readonly event: { readonly $case: string; readonly value: unknown } | undefined;
}

/** One of the agent's streams, and how its messages enter the ledger. */
export interface Reading<M extends Message> {
  readonly stream: Stream;
  open(agent: Agent, cursor: string, signal: AbortSignal): AsyncIterable<M>;
  /** Takes a message, together with its cursor, if the ledger is still at `from`. */
  take(message: M, from: string): Promise<Taken>;
}

export interface ReaderOptions {
  readonly chain: string;
  readonly ledger: CashierLedger;
  readonly agent: () => Promise<Agent>;
  /** Names this lobby. */
  readonly holder: string;
  readonly log: Logger;
  readonly onTaken: (taken: Taken) => void;
  readonly ending: AbortSignal;
}

/** Others take over after this time without a word from the holder. */
const leaseSeconds = 15;
const renewMs = 4_000;
/** The agent sends a heartbeat every two seconds: a stream that is silent for so long is dead. */
const silenceMs = 20_000;
const idleMs = 500;
/** Of chain-agent/errors.ts. */
const cursorTooOld = "CURSOR_TOO_OLD";
const restMs = { least: 250, most: 10_000 };

/**
 * Reads a stream of the agents into the ledger, for as long as this lobby has its lease. The cursor is stored with what it
 * stands for, so a message that comes twice, or to two lobbies, is booked once.
 */
export async function readStream<M extends Message>(
  reading: Reading<M>,
  options: ReaderOptions,
): Promise<void> {
  const { chain, ledger, holder, log, ending } = options;
  let rest = restMs.least;
  let anew = false;
  while (!ending.aborted) {
    try {
      if (await ledger.hold(chain, reading.stream, holder, leaseSeconds)) {
        await readOnce(reading, options, anew);
        rest = restMs.least;
      }
      anew = false;
      await pause(idleMs, ending);
    } catch (error) {
      log.warn({ err: error, chain, stream: reading.stream }, "the stream of a chain broke off");
      // Agents whose database was set back: everything is read again, and what is booked stays so.
      anew = error instanceof Error && "reason" in error && error.reason === cursorTooOld;
      await pause(rest, ending);
      rest = Math.min(rest * 2, restMs.most);
    }
  }
  await giveBack(reading.stream, options);
}

async function readOnce<M extends Message>(
  reading: Reading<M>,
  options: ReaderOptions,
  anew: boolean,
): Promise<void> {
  const { chain, ledger, ending } = options;
  const agent = await options.agent();
  const silence = new Silence();
  const signal = AbortSignal.any([ending, silence.signal]);
  const from = await ledger.cursor(chain, reading.stream);
  try {
    const messages = reading.open(agent, anew ? "" : from, signal);
    await takeAll(silence.watch(messages), reading, options, from);
  } catch (error) {
    if (ending.aborted) return;
    throw silence.signal.aborted ? silence.signal.reason : error;
  } finally {
    silence.end();
  }
}

/** Takes message after message, until the stream ends or another lobby reads it. */
async function takeAll<M extends Message>(
  messages: AsyncIterable<M>,
  reading: Reading<M>,
  { chain, ledger, holder, onTaken }: ReaderOptions,
  start: string,
): Promise<void> {
  let from = start;
  let renewed = Date.now();
  for await (const message of messages) {
    if (message.event?.$case === "end") return;
    const taken = await reading.take(message, from);
    onTaken(taken);
    // This one begins anew where the other one is.
    if (!taken.taken) return;
    from = message.cursor;
    if (Date.now() - renewed < renewMs) continue;
    if (!(await ledger.hold(chain, reading.stream, holder, leaseSeconds))) return;
    renewed = Date.now();
  }
}

/** Ends a stream that says nothing for too long: its connection is dead, whatever TCP says. */
class Silence {
  readonly #broken = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  get signal(): AbortSignal {
    return this.#broken.signal;
  }

  async *watch<M>(messages: AsyncIterable<M>): AsyncGenerator<M> {
    this.#begin();
    for await (const message of messages) {
      this.#begin();
      yield message;
    }
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #begin(): void {
    clearTimeout(this.#timer);
    const silent = new Error(`no word for ${silenceMs} ms`);
    this.#timer = setTimeout(() => this.#broken.abort(silent), silenceMs);
  }
}

async function giveBack(
  stream: Stream,
  { chain, ledger, holder, log }: ReaderOptions,
): Promise<void> {
  try {
    await ledger.leave(chain, stream, holder);
  } catch (error) {
    // It ends by itself.
    log.warn({ err: error, chain, stream }, "while giving a stream back");
  }
}
