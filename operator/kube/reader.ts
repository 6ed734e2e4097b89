import { failedWith } from "./api-error.ts";
import type { Caller } from "./caller.ts";
import {
  collectionPath,
  type Kind,
  type KubeObject,
  type ObjectName,
  objectPath,
} from "./object.ts";
import { decodeWatch, type WatchEvent } from "./watch-stream.ts";

/** Options of one call. */
export interface Call {
  signal?: AbortSignal | undefined;
  timeoutMs?: number | undefined;
}

/** Which objects of a kind. */
export interface Selection {
  namespace?: string | undefined;
  labels?: Readonly<Record<string, string>> | undefined;
  /** Only apiVersion, kind and metadata are sent. */
  metadataOnly?: boolean | undefined;
}

export interface ListPage<T> {
  items: T[];
  resourceVersion: string;
}

export interface WatchOptions extends Selection {
  resourceVersion: string;
  /** When the server ends the watch. */
  timeoutSeconds: number;
  /** The longest silence before the connection counts as dead. */
  idleMs: number;
  signal: AbortSignal;
}

/** How long a call may take unless it says otherwise. */
export const TIMEOUT_MS = 30_000;
const PAGE = 500;

/** Reads of the Kubernetes API. Failures are ApiErrors. */
export class Reader {
  protected readonly caller: Caller;

  constructor(caller: Caller) {
    this.caller = caller;
  }

  /** The object as the API has it now; fails with notFound. */
  async get<T extends KubeObject>(kind: Kind, name: ObjectName, call: Call = {}): Promise<T> {
    const path = objectPath(kind, name);
    return (await this.#read("get", `get ${kind.kind} ${show(name)}`, path, call)) as T;
  }

  /** Like get, but an absent object is undefined; an absent kind is still an error. */
  async find<T extends KubeObject>(
    kind: Kind,
    name: ObjectName,
    call: Call = {},
  ): Promise<T | undefined> {
    try {
      return await this.get<T>(kind, name, call);
    } catch (error) {
      if (failedWith(error, "notFound") && !error.kindMissing) return undefined;
      throw error;
    }
  }

  /** What the API says at a path that is no object: discovery, version. */
  async read(path: string, call: Call = {}): Promise<unknown> {
    return this.#read("get", `read ${path}`, path, call);
  }

  /** All objects of the selection at one resourceVersion; starts again when it expires on the way. */
  async list<T extends KubeObject>(
    kind: Kind,
    selection: Selection & Call = {},
  ): Promise<ListPage<T>> {
    for (let tries = 1; ; tries++) {
      try {
        const items: T[] = [];
        let resourceVersion = "";
        for await (const page of this.pages<T>(kind, selection)) {
          items.push(...page.items);
          resourceVersion = page.resourceVersion;
        }
        return { items, resourceVersion };
      } catch (error) {
        if (!failedWith(error, "gone") || tries >= 3) throw error;
      }
    }
  }

  /** The same page by page, 500 objects each. Fails with gone when the list expires between two. */
  async *pages<T extends KubeObject>(
    kind: Kind,
    selection: Selection & Call = {},
  ): AsyncGenerator<ListPage<T>> {
    const doing = `list ${kind.plural}${selection.namespace ? ` in ${selection.namespace}` : ""}`;
    let token: string | undefined;
    do {
      const query = new URLSearchParams({ limit: String(PAGE), ...selector(selection) });
      if (token) query.set("continue", token);
      const path = `${collectionPath(kind, selection.namespace)}?${query}`;
      const headers = { accept: accept(selection, "PartialObjectMetadataList") };
      const list = (await this.#read("list", doing, path, selection, headers)) as {
        metadata: { resourceVersion: string; continue?: string };
        items: T[] | null;
      };
      // The items of a list do not say what they are.
      const items = (list.items ?? []).map((item) => ({
        ...item,
        apiVersion: kind.apiVersion,
        kind: kind.kind,
      }));
      yield { items, resourceVersion: list.metadata.resourceVersion };
      token = list.metadata.continue;
    } while (token);
  }

  /** What happens to the selection after that resourceVersion, bookmarks included. */
  async *watch<T extends KubeObject>(
    kind: Kind,
    options: WatchOptions,
  ): AsyncGenerator<WatchEvent<T>> {
    const { namespace, resourceVersion, timeoutSeconds, idleMs, signal } = options;
    const query = new URLSearchParams({
      watch: "true",
      allowWatchBookmarks: "true",
      resourceVersion,
      timeoutSeconds: String(timeoutSeconds),
      ...selector(options),
    });
    const doing = `watch ${kind.plural}${namespace ? ` in ${namespace}` : ""}`;
    const answer = await this.caller.open(
      {
        method: "GET",
        path: `${collectionPath(kind, namespace)}?${query}`,
        headers: { accept: accept(options, "PartialObjectMetadata") },
        verb: "watch",
        repeatable: true,
        doing,
        signal,
      },
      idleMs,
    );
    yield* decodeWatch<T>(doing, answer.body);
  }

  #read(
    verb: string,
    doing: string,
    path: string,
    { signal, timeoutMs = TIMEOUT_MS }: Call,
    headers: Record<string, string> = { accept: "application/json" },
  ): Promise<unknown> {
    return this.caller.call({
      verb,
      doing,
      path,
      signal,
      timeoutMs,
      headers,
      method: "GET",
      repeatable: true,
    });
  }
}

/** How errors name an object. */
export function show({ name, namespace }: ObjectName): string {
  return namespace ? `${namespace}/${name}` : name;
}

function selector({ labels }: Selection): Record<string, string> {
  const terms = Object.entries(labels ?? {}).map(([name, value]) => `${name}=${value}`);
  return terms.length > 0 ? { labelSelector: terms.join(",") } : {};
}

function accept({ metadataOnly }: Selection, as: string): string {
  return metadataOnly ? `application/json;as=${as};g=meta.k8s.io;v=v1` : "application/json";
}
