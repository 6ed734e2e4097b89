import { stayLean } from "./lean.ts";
import { start } from "./start.ts";

stayLean();
// Loaded only now: what is loaded before would not come from the cache.
await start(async () => (await import("./run-game.ts")).runGame());
