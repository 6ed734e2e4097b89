import { type KubeObject, keyOf } from "./object.ts";

/** Named ways to look objects up by something else than their key. */
export type Indexes<T> = Readonly<Record<string, (object: T) => readonly string[]>>;

/** Objects of one kind by key, and by what the indexes say of them. */
export class Store<T extends KubeObject> {
  readonly #objects = new Map<string, T>();
  readonly #indexes: Indexes<T>;
  readonly #indexed: ReadonlyMap<string, Map<string, Map<string, T>>>;

  constructor(indexes: Indexes<T> = {}) {
    this.#indexes = indexes;
    this.#indexed = new Map(Object.keys(indexes).map((name) => [name, new Map()]));
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  list(): T[] {
    return [...this.#objects.values()];
  }

  keys(): string[] {
    return [...this.#objects.keys()];
  }

  /** The objects of which that index answers that value. */
  byIndex(name: string, value: string): T[] {
    const index = this.#indexed.get(name);
    if (!index) throw new RangeError(`there is no index ${name}`);
    return [...(index.get(value)?.values() ?? [])];
  }

  put(object: T): void {
    const key = keyOf(object);
    this.remove(key);
    this.#objects.set(key, object);
    for (const [index, value] of this.#entries(object)) {
      const objects = index.get(value) ?? new Map<string, T>();
      index.set(value, objects.set(key, object));
    }
  }

  remove(key: string): void {
    const old = this.#objects.get(key);
    if (!old) return;
    this.#objects.delete(key);
    for (const [index, value] of this.#entries(old)) {
      const objects = index.get(value);
      objects?.delete(key);
      if (objects?.size === 0) index.delete(value);
    }
  }

  *#entries(object: T): Generator<[Map<string, Map<string, T>>, string]> {
    for (const [name, valuesOf] of Object.entries(this.#indexes)) {
      const index = this.#indexed.get(name);
      for (const value of index ? valuesOf(object) : []) if (index) yield [index, value];
    }
  }
}
