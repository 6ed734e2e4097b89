import { failedWith } from "./api-error.ts";
import type { Client } from "./client.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { Logger } from "./logger.ts";
import type { Kind } from "./object.ts";

export interface DiscoveryOptions {
  client: Client;
  kinds: readonly Kind[];
  logger: Logger;
  clock?: Clock | undefined;
  /** How often to look. */
  everyMs?: number;
}

const EVERY_MS = 60_000;

/** Knows which optional kinds the API serves, and tells when one appears or goes. */
export class Discovery {
  readonly #options: DiscoveryOptions;
  readonly #clock: Clock;
  readonly #served = new Map<string, boolean>();
  readonly #handlers: ((kind: Kind, served: boolean) => void)[] = [];
  #cancel = () => {};
  #stopped = false;

  constructor(options: DiscoveryOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Looks once and then every minute. If the API is away now, nothing counts as served yet. */
  async start(): Promise<void> {
    await this.#look(this.#options.kinds);
    if (this.#stopped) return;
    this.#cancel = this.#clock.after(this.#options.everyMs ?? EVERY_MS, () => void this.start());
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  /** Was the kind served when last looked? */
  served(kind: Kind): boolean {
    return this.#served.get(idOf(kind)) ?? false;
  }

  /** Called when a kind appears or goes. */
  onChange(handler: (kind: Kind, served: boolean) => void): void {
    this.#handlers.push(handler);
  }

  /** Looks again now, since a call said that the kind is missing (ApiError.kindMissing). */
  async recheck(kind: Kind): Promise<boolean> {
    await this.#look([kind]);
    return this.served(kind);
  }

  /** The kind that a group version serves under that plural; undefined if there is none. */
  async find(apiVersion: string, plural: string): Promise<Kind | undefined> {
    const resources = await this.#resources(apiVersion);
    const found = resources.find(({ name }) => name === plural);
    return found && { apiVersion, plural, kind: found.kind, namespaced: found.namespaced };
  }

  async #look(kinds: readonly Kind[]): Promise<void> {
    for (const apiVersion of new Set(kinds.map((kind) => kind.apiVersion))) {
      try {
        const names = new Set((await this.#resources(apiVersion)).map(({ name }) => name));
        for (const kind of kinds) {
          if (kind.apiVersion === apiVersion) this.#note(kind, names.has(kind.plural));
        }
      } catch (error) {
        // What is known stays: the API being away does not make a kind go.
        this.#options.logger.warn({ apiVersion, err: error }, "cannot see which kinds are served");
      }
    }
  }

  async #resources(
    apiVersion: string,
  ): Promise<{ name: string; kind: string; namespaced: boolean }[]> {
    const root = apiVersion.includes("/") ? "/apis" : "/api";
    try {
      const list = await this.#options.client.read(`${root}/${apiVersion}`);
      return (list as { resources: { name: string; kind: string; namespaced: boolean }[] })
        .resources;
    } catch (error) {
      if (failedWith(error, "notFound")) return [];
      throw error;
    }
  }

  #note(kind: Kind, served: boolean): void {
    if (this.served(kind) === served) return;
    this.#served.set(idOf(kind), served);
    this.#options.logger.info(
      { kind: kind.kind, served },
      served ? "is served now" : "is not served",
    );
    for (const handler of this.#handlers) handler(kind, served);
  }
}

function idOf({ apiVersion, plural }: Kind): string {
  return `${apiVersion}/${plural}`;
}
