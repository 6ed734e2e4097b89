import { stopAll } from "./session.ts";

// Mocha loads this file before all tests, and calls this after them.
export async function mochaGlobalTeardown(): Promise<void> {
  await stopAll();
}
