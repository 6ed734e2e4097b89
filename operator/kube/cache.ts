import { type KubeObject, keyOf } from "./object.ts";
import type { Snapshot } from "./reflector.ts";
import { isNewer, newest } from "./resource-version.ts";
import type { Store } from "./store.ts";

/** What changed: `before` or `after` is absent when the object came or went. Never change them. */
export interface Change<T> {
  key: string;
  before?: T | undefined;
  after?: T | undefined;
  /** From the first list or a resync: nobody changed it just now. */
  low: boolean;
}

/**
 * Keeps a store level with what lists, events and our own writes say, in whatever order they come,
 * and hands each change on before it is stored: if a handler throws, the change is still news.
 */
export class Cache<T extends KubeObject> {
  readonly store: Store<T>;
  readonly #handlers: ((change: Change<T>) => void)[] = [];
  /** Versions of deletions since the last list, so that what is late does not raise the dead. */
  readonly #buried = new Map<string, string>();

  constructor(store: Store<T>) {
    this.store = store;
  }

  onChange(handler: (change: Change<T>) => void): void {
    this.#handlers.push(handler);
  }

  /** There is this object. Answers whether that was news. */
  seen(object: T, { low = false, rewound = false } = {}): boolean {
    const key = keyOf(object);
    const before = this.store.get(key);
    if (before && !isNews(object, before, rewound)) return false;
    const raised = isNewer(object.metadata.resourceVersion, this.#buried.get(key));
    if (!before && !rewound && raised === false) return false;
    // Deleted and made again under one name, unseen: the old one's end must be seen too.
    const replaced = before !== undefined && before.metadata.uid !== object.metadata.uid;
    if (replaced) this.#gone(key, before);
    this.#hand({ key, before: replaced ? undefined : before, after: object, low });
    this.store.put(object);
    return true;
  }

  /** This object has ended. */
  deleted(object: T): void {
    const key = keyOf(object);
    const before = this.store.get(key);
    const { resourceVersion } = object.metadata;
    // The end of an earlier one of that name, told late.
    if (before && isNewer(before.metadata.resourceVersion, resourceVersion)) return;
    this.#buried.set(key, newest(this.#buried.get(key), resourceVersion ?? ""));
    if (before) this.#gone(key, before);
  }

  /** This is all there is in the namespace ("" is all). Answers how much of it was news. */
  replace(namespace: string, snapshot: Snapshot<T>): number {
    const { objects, resourceVersion, reason, touched, rewound } = snapshot;
    const listed = new Map(objects.map((object) => [keyOf(object), object]));
    const failures: unknown[] = [];
    let news = 0;
    const attempt = (step: () => boolean) => {
      try {
        if (step()) news++;
      } catch (error) {
        failures.push(error);
      }
    };
    for (const key of this.#keysIn(namespace)) {
      if (listed.has(key) || touched.has(key)) continue;
      attempt(() => this.#vanished(key, rewound ? undefined : resourceVersion));
    }
    for (const [key, object] of listed) {
      if (touched.has(key)) continue;
      attempt(() => this.seen(object, { low: reason === "first", rewound }));
    }
    if (failures.length > 0) throw new AggregateError(failures, "handlers failed on a list");
    for (const [key, version] of this.#buried) {
      const settled = rewound || !isNewer(version, resourceVersion);
      if (settled && inScope(key, namespace)) this.#buried.delete(key);
    }
    return news;
  }

  /** Nothing is there any more. */
  clear(namespace: string): void {
    for (const key of this.#keysIn(namespace)) {
      const before = this.store.get(key);
      if (before) this.#gone(key, before);
    }
  }

  /** Hands these on again with low priority, changed or not. */
  repeat(objects: readonly T[]): void {
    for (const after of objects) this.#hand({ key: keyOf(after), before: after, after, low: true });
  }

  /** A list does not have what the store has. */
  #vanished(key: string, listedAt: string | undefined): boolean {
    const before = this.store.get(key);
    // We wrote it after the list was made.
    if (!before || isNewer(before.metadata.resourceVersion, listedAt)) return false;
    this.#gone(key, before);
    return true;
  }

  #gone(key: string, before: T): void {
    this.#hand({ key, before, low: false });
    this.store.remove(key);
  }

  #keysIn(namespace: string): string[] {
    return this.store.keys().filter((key) => inScope(key, namespace));
  }

  #hand(change: Change<T>): void {
    for (const handler of this.#handlers) handler(change);
  }
}

function inScope(key: string, namespace: string): boolean {
  return namespace === "" || key.startsWith(`${namespace}/`);
}

// An equal version is a repetition, an older one comes late; with versions that cannot be compared
// every difference is news.
function isNews(object: KubeObject, before: KubeObject, rewound: boolean): boolean {
  const { resourceVersion } = object.metadata;
  if (resourceVersion === before.metadata.resourceVersion) return false;
  return rewound || isNewer(resourceVersion, before.metadata.resourceVersion) !== false;
}
