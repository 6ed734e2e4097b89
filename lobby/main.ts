import { stayLean } from "../runtime/lean.ts";
import { start } from "../runtime/start.ts";

stayLean();
// Loaded only now: what is loaded before would not come from the cache.
await start(async () => (await import("./run-lobby.ts")).runLobby());
