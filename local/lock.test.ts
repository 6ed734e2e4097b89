import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { after, describe, it } from "mocha";
import { lockOwner, tryLock, unlock, withLock } from "./lock.ts";

describe("a lock file", () => {
  const folder = mkdtempSync(join(tmpdir(), "pitboss-lock-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("names its living owner to whoever else wants it", () => {
    const file = join(folder, "held");
    assert.equal(tryLock(file), undefined);
    assert.equal(tryLock(file)?.pid, process.pid);
    unlock(file);
    assert.equal(lockOwner(file), undefined);
  });

  it("is taken over from a process that is gone, or whose pid another process has now", () => {
    const file = join(folder, "stale");
    writeFileSync(file, JSON.stringify({ pid: process.pid, startTime: "another life" }));
    assert.equal(tryLock(file), undefined);
    unlock(file);
  });

  it("lets one at a time work, and lets go when the work fails", async () => {
    const file = join(folder, "turns");
    let inside = 0;
    const turn = () =>
      withLock(
        file,
        () => {},
        async () => {
          inside += 1;
          assert.equal(inside, 1);
          await sleep(20);
          inside -= 1;
        },
      );
    await Promise.all([turn(), turn(), turn()]);
    const failing = withLock(
      file,
      () => {},
      async () => {
        throw new Error("the work failed");
      },
    );
    await assert.rejects(failing, /the work failed/);
    assert.ok(!existsSync(file));
  });

  it("goes to exactly one of several processes that find it stale", async () => {
    const file = join(folder, "contested");
    writeFileSync(file, JSON.stringify({ pid: 1, startTime: "another life" }));
    const script = `
      const { tryLock } = await import(${JSON.stringify(join(import.meta.dirname, "lock.ts"))});
      const owner = tryLock(${JSON.stringify(file)});
      console.log(owner === undefined ? "mine" : "other");
      await new Promise((resolve) => process.stdin.once("data", resolve).resume());`;
    const children = Array.from({ length: 4 }, () =>
      spawn(process.execPath, ["--input-type=module", "-e", script], {
        stdio: ["pipe", "pipe", "inherit"],
      }),
    );
    const answers = await Promise.all(
      children.map(async (child) => String((await once(child.stdout, "data"))[0]).trim()),
    );
    for (const child of children) child.stdin.end("\n");
    await Promise.all(children.map((child) => once(child, "exit")));
    assert.deepEqual(answers.sort(), ["mine", "other", "other", "other"]);
  });
});
