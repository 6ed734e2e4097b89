import type { Client } from "./client.ts";
import type { Clock } from "./clock.ts";
import type { Logger } from "./logger.ts";
import type { Kind } from "./object.ts";
/** Which optional kinds does the API serve? */
export declare class Discovery {
  constructor(options: {
    client: Client;
    kinds: readonly Kind[];
    logger: Logger;
    clock?: Clock;
    everyMs?: number;
  });
  start(): Promise<void>;
  stop(): void;
  served(kind: Kind): boolean;
  /** Called when a kind appears or goes. */
  onChange(handler: (kind: Kind, served: boolean) => void): void;
  /** A call said that the kind is not there (ApiError.kindMissing): look again now. */
  recheck(kind: Kind): Promise<boolean>;
}
