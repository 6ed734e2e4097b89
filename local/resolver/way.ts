import type { Binary } from "./binaries.ts";

/** A path, or why this way did not lead to one: a sentence for the person who must cure it. */
export type Found = { readonly path: string } | { readonly missing: string };

export interface Way {
  readonly name: string;
  find(binary: Binary): Promise<Found>;
}

/** Where ways report what they do. */
export interface Progress {
  /** Begins a piece of work that may take long. */
  begin(title: string): void;
  /** How far it is. */
  update(detail: string): void;
  end(result: string): void;
}
