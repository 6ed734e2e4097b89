/** What a reconcile says when it did not throw. A throw is retried with back-off. */
export type Result =
  | { readonly outcome: "done" }
  | { readonly outcome: "requeueAfter"; readonly ms: number }
  | { readonly outcome: "terminal"; readonly error: Error };

/** Nothing is left to do until something changes. */
export const done: Result = { outcome: "done" };

/** All is well, but look again after `ms`. */
export function requeueAfter(ms: number): Result {
  return { outcome: "requeueAfter", ms };
}

/** Retrying cannot help: counted and logged as an error, and left alone until the object changes. */
export function terminal(error: Error): Result {
  return { outcome: "terminal", error };
}
