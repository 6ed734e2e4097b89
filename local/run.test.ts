import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { after, describe, it } from "mocha";
import { tryLock, unlock } from "./lock.ts";
import type { ProcessRecord } from "./processes/records.ts";
import { startTime } from "./processes/start-time.ts";

interface Run {
  readonly child: ChildProcess;
  readonly exited: Promise<unknown>;
  said(): string;
}

function start(home: string, env: NodeJS.ProcessEnv, ...args: string[]): Run {
  const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), ...args], {
    env: { ...process.env, PITBOSS_HOME: home, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (data) => {
    said += data;
  });
  return { child, exited: once(child, "close"), said: () => said };
}

function recorded(home: string): ProcessRecord[] {
  const folder = join(home, "processes");
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
}

async function until(what: string, holds: () => boolean, run: Run): Promise<void> {
  for (let tries = 0; tries < 300 && !holds(); tries++) {
    if (run.child.exitCode !== null) break;
    await sleep(100);
  }
  assert.ok(holds(), `${what}; it said:\n${run.said()}`);
}

describe("npm start", () => {
  const root = mkdtempSync(join(tmpdir(), "pitboss-run-"));
  // PostgreSQL runs under another account when the tests run as root.
  chmodSync(root, 0o711);
  after(() => rmSync(root, { recursive: true, force: true }));

  it("names the process that already runs with the state folder", async () => {
    const home = join(root, "taken");
    tryLock(join(home, "lock"));
    const run = start(home, { PORT: "0" });
    await run.exited;
    assert.equal(run.child.exitCode, 1);
    assert.match(run.said(), new RegExp(`already runs .*\\(pid ${process.pid}\\)`));
    unlock(join(home, "lock"));
  });

  it("says that the port is taken, and leaves no lock", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const home = join(root, "port");
    const run = start(home, { PORT: String(port) });
    await run.exited;
    server.close();
    assert.equal(run.child.exitCode, 1);
    assert.match(run.said(), new RegExp(`port ${port} is taken .*set PORT`));
    assert.ok(!existsSync(join(home, "lock")));
  });

  const mistakes = [
    [
      "an option that it does not know",
      { PORT: "0" },
      ["--game", "x"],
      /--game.*usage: npm start/s,
    ],
    ["manifests that are not there", {}, ["--games", "/nowhere"], /no such file or folder/],
    ["a port that is none", { PORT: "http" }, [], /PORT is "http"/],
  ] as const;
  for (const [what, env, args, message] of mistakes) {
    it(`refuses ${what}`, async () => {
      const run = start(join(root, "mistake"), env, ...args);
      await run.exited;
      assert.equal(run.child.exitCode, 1);
      assert.match(run.said(), message);
    });
  }

  it("ends what a killed run left, and leaves nothing itself when it is told to stop", async () => {
    const home = join(root, "crash");
    const first = start(home, { PORT: "0" });
    await until("servers run", () => recorded(home).length >= 3, first);
    const left = recorded(home);
    first.child.kill("SIGKILL");
    await first.exited;
    assert.ok(left.every(({ pid, startTime: started }) => startTime(pid) === started));

    const second = start(home, { PORT: "0" });
    await until("it reports the leftovers", () => /had left/.test(second.said()), second);
    for (const { name, pid, startTime: started } of left) {
      assert.notEqual(startTime(pid), started, name);
    }
    await until("servers run again", () => recorded(home).length >= 3, second);
    const started = recorded(home);
    // A signal to the process group comes again from npm and from the bootstrap, which pass it on.
    for (let times = 0; times < 3; times++) {
      second.child.kill("SIGTERM");
      await sleep(50);
    }
    await second.exited;
    assert.equal(second.child.exitCode, 0, second.said());
    assert.doesNotMatch(second.said(), /killing everything/);
    for (const record of started) assert.equal(startTime(record.pid), undefined, record.name);
    assert.deepEqual(recorded(home), []);
    assert.ok(!existsSync(join(home, "lock")));
  });
});
