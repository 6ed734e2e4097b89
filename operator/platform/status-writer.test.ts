import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Game, GameStatus } from "../../crds/generated/game.ts";
import { game } from "../game/testing/samples.ts";
import type { Client } from "../kube/client.ts";
import { kinds } from "./kinds.ts";
import { StatusWriter } from "./status-writer.ts";

/** An API server that takes its time, and a cache that has what was written. */
function slow() {
  let cached: Game = game();
  const written: GameStatus[] = [];
  const applyStatus = async (_: unknown, object: { status?: unknown }) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    const status = object.status as GameStatus;
    if (status.pods === "refused") throw new Error("refused");
    written.push(status);
    cached = { ...cached, status };
    return cached;
  };
  const client = { applyStatus } as unknown as Pick<Client, "applyStatus">;
  return {
    written,
    writer: new StatusWriter<GameStatus>(client, kinds.game, { get: () => cached }),
  };
}

describe("the writer of a status", () => {
  it("lets two that write at once keep what the other said", async () => {
    const { written, writer } = slow();
    await Promise.all([
      writer.write(game(), (now) => ({ ...now, pods: "1/1" })),
      writer.write(game(), (now) => ({ ...now, observed: { rounds: 7 } })),
    ]);
    assert.deepEqual(written.at(-1), { pods: "1/1", observed: { rounds: 7 } });
  });

  it("writes nothing that was said before", async () => {
    const { written, writer } = slow();
    assert.equal(await writer.write(game(), () => ({ pods: "1/1" })), true);
    assert.equal(await writer.write(game(), () => ({ pods: "1/1" })), false);
    assert.equal(written.length, 1);
  });

  it("goes on after a write that failed, and tells its caller", async () => {
    const { written, writer } = slow();
    const failing = writer.write(game(), () => ({ pods: "refused" }));
    const next = writer.write(game(), () => ({ pods: "1/1" }));
    await assert.rejects(failing, /refused/);
    await next;
    assert.deepEqual(written, [{ pods: "1/1" }]);
  });
});
