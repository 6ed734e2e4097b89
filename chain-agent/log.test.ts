import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { createLogger } from "./log.ts";

describe("an agent's log", () => {
  it("is JSON lines that hold neither keys nor passwords", () => {
    const lines: string[] = [];
    const log = createLogger("info", { chain: "casino/x" }, { write: (line) => lines.push(line) });
    const cause = new Error("connect to postgres://agent:hunter2@db:5432 failed");
    log.warn(
      {
        err: new Error("http://:hunter2@node:8545 does not answer", { cause }),
        ...{ privateKey: "hunter2", raw: Buffer.from("hunter2"), height: 12n },
      },
      "a node is away",
    );
    log.debug({}, "not at this level");
    assert.equal(lines.length, 1);
    const [line = ""] = lines;
    assert.doesNotMatch(line, /hunter2/);
    const entry: Record<string, unknown> = JSON.parse(line);
    assert.deepEqual(
      [entry["level"], entry["msg"], entry["chain"], entry["height"]],
      ["warn", "a node is away", "casino/x", "12"],
    );
    assert.match(line, /db:5432/);
  });
});
