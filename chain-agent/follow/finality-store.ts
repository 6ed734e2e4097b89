import type { BlockRef } from "../adapters/adapter.ts";

/** A broken promise of finality. */
export interface Violation {
  /** What was final. */
  readonly finalized: BlockRef;
  /** What is there now; an empty hash where nothing is. */
  readonly found: BlockRef;
  readonly message: string;
  readonly time: Date;
}

/**
 * What every agent of a chain knows of finality, and a restart does not forget. Each call throws where the database is away;
 * it is tried again.
 */
export interface FinalityStore {
  /** The highest block that any agent has called final. */
  checkpoint(): Promise<BlockRef | undefined>;
  /** Raises it. */
  advance(finalized: BlockRef): Promise<void>;
  /** The violation that nobody has acknowledged yet. */
  violation(): Promise<Violation | undefined>;
  /** Stores a violation, unless one is open. */
  report(violation: Violation): Promise<void>;
}

/** For an agent without a database, and for tests: several agents may share one. */
export function memoryFinality(): FinalityStore & { acknowledge(): void } {
  let highest: BlockRef | undefined;
  let open: Violation | undefined;
  return {
    checkpoint: async () => highest,
    advance: async (finalized) => {
      if (highest === undefined || finalized.height > highest.height) highest = finalized;
    },
    violation: async () => open,
    report: async (violation) => {
      open ??= violation;
    },
    acknowledge: () => {
      highest = undefined;
      open = undefined;
    },
  };
}
