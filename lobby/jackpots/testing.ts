/** A client of the jackpots' stream, as browsers read it; for tests. */
import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

export interface Received {
  readonly id: string | undefined;
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into data of every event.
  readonly data: any;
  /** When it came, by performance.now(). */
  readonly at: number;
}

/** Follows a stream until it is closed, and keeps what came (HTML, 9.2.6). */
export class EventSource {
  readonly response: IncomingMessage;
  readonly events: Received[] = [];
  /** What came that was no event: comments. */
  comments = 0;
  ended = false;
  #rest = "";

  private constructor(response: IncomingMessage) {
    this.response = response;
    response.setEncoding("utf8");
    response.on("data", (text: string) => this.#take(text));
    response.on("close", () => {
      this.ended = true;
    });
    response.on("error", () => undefined);
  }

  static async open(url: string, headers: Record<string, string> = {}): Promise<EventSource> {
    const request = get(url, { headers: { accept: "text/event-stream", ...headers } });
    const [response] = await once(request, "response");
    return new EventSource(response);
  }

  get status(): number {
    return this.response.statusCode ?? 0;
  }

  get lastEventId(): string {
    return this.events.findLast(({ id }) => id !== undefined)?.id ?? "";
  }

  of(event: string): Received[] {
    return this.events.filter((one) => one.event === event);
  }

  /** Waits until so many events of that name have come; answers them. */
  async until(event: string, count: number, seconds = 20): Promise<Received[]> {
    const end = Date.now() + seconds * 1000;
    while (this.of(event).length < count) {
      if (Date.now() > end) {
        throw new Error(`${this.of(event).length} of ${count} events ${event} in ${seconds} s`);
      }
      await sleep(10);
    }
    return this.of(event);
  }

  close(): void {
    this.response.destroy();
  }

  #take(text: string): void {
    const blocks = (this.#rest + text).split("\n\n");
    this.#rest = blocks.pop() ?? "";
    for (const block of blocks) this.#dispatch(block);
  }

  #dispatch(block: string): void {
    const fields = block.split("\n").map((line) => /^(\w*): ?(.*)$/.exec(line));
    const field = (name: string) => fields.find((one) => one?.[1] === name)?.[2];
    const data = field("data");
    if (field("") !== undefined) this.comments += 1;
    if (data === undefined) return;
    const [id, event = "message"] = [field("id"), field("event")];
    this.events.push({ id, event, data: JSON.parse(data), at: performance.now() });
  }
}
