import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { after, describe, it } from "mocha";
import pg from "pg";
import { startPostgres } from "./postgres.ts";
import { reap } from "./processes/records.ts";
import { startTime } from "./processes/start-time.ts";

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ answer: unknown }>(sql);
    return rows[0]?.answer;
  } finally {
    await client.end();
  }
}

describe("startPostgres", () => {
  const directory = mkdtempSync(join(tmpdir(), "pitboss-postgres-"));
  const records = join(directory, "processes");
  // PostgreSQL runs under another account when the tests run as root.
  chmodSync(directory, 0o711);
  after(() => rmSync(directory, { recursive: true, force: true }));

  it("keeps data between runs, durably, and leaves no process", async () => {
    const first = await startPostgres({ directory, records });
    assert.equal(await ask(first.superuserUrl, "SELECT current_setting('fsync') AS answer"), "on");
    await ask(first.superuserUrl, "CREATE TABLE kept AS SELECT 42 AS answer");
    await first.stop();
    assert.equal(startTime(first.child.pid), undefined);
    assert.deepEqual(readdirSync(records), []);

    const second = await startPostgres({ directory, records, port: first.port });
    assert.equal(await ask(second.superuserUrl, "SELECT answer FROM kept"), 42);
    await second.stop();
  });

  it("stops at once though a transaction is open", async () => {
    const server = await startPostgres({ directory, durable: false });
    const client = new pg.Client({ connectionString: server.superuserUrl });
    client.on("error", () => {});
    await client.connect();
    await client.query("BEGIN");
    const began = Date.now();
    await server.stop();
    assert.ok(Date.now() - began < 5_000);
  });

  it("is found and stopped by the next run when its own run crashed", async () => {
    const server = await startPostgres({ directory, records, durable: false });
    const reaped = await reap(records);
    assert.deepEqual(
      reaped.map(({ name, pid }) => ({ name, pid })),
      [{ name: "postgres", pid: server.child.pid }],
    );
    assert.deepEqual(await server.child.exited, { code: 0, signal: null });
  });

  it("starts again after it was killed, though a backend is slow to see it", async () => {
    const server = await startPostgres({ directory, durable: false });
    const client = new pg.Client({ connectionString: server.superuserUrl });
    client.on("error", () => {});
    await client.connect();
    const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    const backend = rows[0]?.pid ?? 0;
    process.kill(backend, "SIGSTOP");
    process.kill(server.child.pid, "SIGKILL");
    await server.child.exited;
    const starting = startPostgres({ directory, durable: false, port: server.port });
    await sleep(1_000);
    process.kill(backend, "SIGCONT");
    const second = await starting;
    assert.equal(await ask(second.superuserUrl, "SELECT 1 AS answer"), 1);
    await second.stop();
  });

  it("says what its log said when it cannot start", async () => {
    const server = await startPostgres({ directory, durable: false });
    await assert.rejects(startPostgres({ directory, port: server.port }), /lock file|already/);
    await server.stop();
  });
});
