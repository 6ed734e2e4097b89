/** Pod addresses of a node's range, a /24. Nothing listens on them; EndpointSlices need them. */
export class Addresses {
  readonly #range: string;
  readonly #taken = new Set<number>();
  #last = 1;

  /** `range` is its first three numbers, such as 10.244.0. */
  constructor(range: string) {
    this.#range = range;
  }

  take(): string {
    for (let tries = 0; tries < 253; tries++) {
      this.#last = this.#last >= 254 ? 2 : this.#last + 1;
      if (this.#taken.has(this.#last)) continue;
      this.#taken.add(this.#last);
      return `${this.#range}.${this.#last}`;
    }
    throw new Error("the node has no pod address left: 253 pods are the most");
  }

  release(address: string): void {
    this.#taken.delete(Number(address.split(".").at(-1)));
  }
}
