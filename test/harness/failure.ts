import assert from "node:assert/strict";
import { AgentError } from "../../chain-agent/agent-error.ts";

/** How an agent refused a call, which must fail. */
export async function failure(call: Promise<unknown>): Promise<AgentError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof AgentError, `${error}`);
  return error;
}
