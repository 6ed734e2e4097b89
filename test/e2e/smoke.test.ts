import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { describe, it } from "mocha";
import { platform } from "./platform.ts";

const script = join(import.meta.dirname, "..", "..", ".github", "scripts", "smoke.js");

describe("the smoke tests of a deployment", function () {
  this.timeout(300_000);

  it("pass on a platform that works", async () => {
    const { url } = await platform();
    const { failed, said } = await new Promise<{ failed: boolean; said: string }>((resolve) => {
      execFile(process.execPath, [script, url], (error, out, complaint) =>
        resolve({ failed: error !== null, said: out + complaint }),
      );
    });
    assert.ok(!failed, said);
    assert.match(said, /^\d+ games answer at /);
  });
});
