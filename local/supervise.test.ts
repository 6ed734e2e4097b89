import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { after, afterEach, beforeEach, describe, it } from "mocha";
import { type Child, startChild } from "./processes/child.ts";
import { signalProcess } from "./processes/signals.ts";
import { supervise } from "./supervise.ts";

describe("supervise", () => {
  const folder = mkdtempSync(join(tmpdir(), "pitboss-supervise-"));
  const holds = join(folder, "hold");
  let end: AbortController;
  let child: Child;
  let starts: number;
  let said: string[];
  let problem: Error | undefined;

  async function run(script: string): Promise<void> {
    starts += 1;
    child = await startChild({
      name: "server",
      command: process.execPath,
      args: ["-e", script],
      logFile: join(folder, "server.log"),
    });
  }

  function watch(script: string): void {
    supervise({
      components: [{ name: "server", child: () => child, restart: () => run(script) }],
      say: (message) => said.push(message),
      holds,
      signal: end.signal,
      giveUp: (error) => {
        problem = error;
      },
    });
  }

  async function until(what: string, holdsNow: () => boolean): Promise<void> {
    for (let tries = 0; tries < 200 && !holdsNow(); tries++) await sleep(50);
    assert.ok(holdsNow(), `${what}; it said: ${said.join(", ")}`);
  }

  beforeEach(async () => {
    end = new AbortController();
    [starts, said, problem] = [0, [], undefined];
    mkdirSync(holds, { recursive: true });
  });
  afterEach(async () => {
    end.abort();
    await child.stop(0);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const forever = "setInterval(() => {}, 1000)";

  it("starts a server again that died, and says so", async () => {
    await run(forever);
    watch(forever);
    signalProcess(child.pid, "SIGKILL");
    await until("it is back", () => said.includes("server is back"));
    assert.deepEqual(said, ["server ended (SIGKILL)", "starting server again", "server is back"]);
    assert.equal(child.exit(), undefined);
  });

  it("leaves a server down while there is a file of its name in the folder of holds", async () => {
    writeFileSync(join(holds, "server"), "");
    await run(forever);
    watch(forever);
    signalProcess(child.pid, "SIGTERM");
    await until("it is held", () => said.some((line) => /stays down/.test(line)));
    await sleep(500);
    assert.equal(starts, 1);
    rmSync(join(holds, "server"));
    await until("it is back", () => starts === 2);
  });

  it("gives up on a server that ends again and again, and names its log", async () => {
    await run("process.exit(1)");
    watch("process.exit(1)");
    await until("it gave up", () => problem !== undefined);
    assert.match(problem?.message ?? "", /server ended 5 times within a minute; .*server\.log/);
  });

  it("does nothing once it was told to end", async () => {
    await run(forever);
    watch(forever);
    end.abort();
    await child.stop(1_000);
    await sleep(200);
    assert.equal(starts, 1);
  });
});
