import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import { type TestDatabase, testDatabase } from "../test/harness/database.ts";
import { Database } from "./database.ts";
import { isTransient } from "./database-away.ts";

const one = { name: "one", text: "SELECT 1 AS one" };

describe("the connection to the database", () => {
  let database: TestDatabase;
  let directory: string;
  let db: Database;
  const seen: boolean[] = [];

  before(async () => {
    database = await testDatabase();
  });

  after(() => database.drop());

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "pitboss-secret-"));
    await mount(database.settings);
    seen.length = 0;
    const onChange = (up: boolean) => seen.push(up);
    db = await Database.open({ directory, connections: 2, application: "test", onChange });
  });

  afterEach(async () => {
    await db.stop();
    await rm(directory, { recursive: true });
  });

  async function mount(settings: object): Promise<void> {
    for (const [field, value] of Object.entries(settings)) {
      await writeFile(join(directory, field), String(value));
    }
  }

  it("gives money as bigint and counts as numbers", async () => {
    const text =
      "SELECT 12345678901234567890::numeric AS money, 1.5::numeric AS share, 7::bigint AS count";
    const [row] = await db.query({ name: "types", text });
    assert.deepEqual({ ...row }, { money: 12345678901234567890n, share: "1.5", count: 7 });
  });

  it("rolls a transaction back when its work throws", async () => {
    await db.query({ name: "make", text: "CREATE TABLE IF NOT EXISTS pitboss.scratch (a int)" });
    const insert = { name: "insert", text: "INSERT INTO pitboss.scratch VALUES (1)" };
    const failing = db.transaction(async (session) => {
      await session.query(insert);
      throw new Error("changed my mind");
    });
    await assert.rejects(failing, /changed my mind/);
    assert.deepEqual(await db.query({ name: "read", text: "SELECT a FROM pitboss.scratch" }), []);
  });

  it("says that the database is away when a session is killed, and goes on with the next", async () => {
    const suicide = { name: "kill", text: "SELECT pg_terminate_backend(pg_backend_pid())" };
    await assert.rejects(db.query(suicide), { name: "DatabaseAway" });
    assert.equal(db.up, false);
    assert.equal((await db.query(one))[0].one, 1);
    assert.deepEqual(seen, [false, true]);
  });

  it("does not take a wrong statement for a database that is away", async () => {
    await assert.rejects(db.query({ name: "wrong", text: "SELECT nonsense" }), { code: "42703" });
    assert.equal(db.up, true);
  });

  it("takes up a new password from the Secret", async () => {
    await mount({ password: "outdated" });
    const fresh = await Database.open({ directory, connections: 1, application: "test" });
    await assert.rejects(fresh.query(one), { name: "DatabaseAway" });
    await mount({ password: database.settings.password });
    assert.equal((await fresh.query(one))[0].one, 1);
    await fresh.stop();
  });

  it("follows the Secret to another server", async () => {
    const { proxy, port } = await proxyTo(database.settings.port);
    await mount({ port });
    const moving = await Database.open({ directory, connections: 1, application: "test" });
    assert.equal((await moving.query(one))[0].one, 1);
    proxy.close();
    for (const socket of sockets) socket.destroy();
    await mount({ port: database.settings.port });
    await assert.rejects(async () => {
      await moving.query(one);
      await moving.query(one);
    });
    assert.equal((await moving.query(one))[0].one, 1);
    await moving.stop();
  });

  it("names what the Secret lacks", async () => {
    await mount({ host: "" });
    const opened = Database.open({ directory, connections: 1, application: "test" });
    await assert.rejects(opened, /mount the database Secret/);
    await mount({ host: database.settings.host });
  });

  const sockets = new Set<Socket>();

  /** A server that only passes bytes on. */
  async function proxyTo(port: number): Promise<{ proxy: Server; port: number }> {
    const { connect } = await import("node:net");
    const proxy = createServer((from) => {
      const to = connect(port, "127.0.0.1");
      for (const socket of [from, to]) sockets.add(socket.on("error", () => undefined));
      from.pipe(to).pipe(from);
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const address = proxy.address();
    assert.ok(address !== null && typeof address === "object");
    return { proxy, port: address.port };
  }
});

describe("isTransient", () => {
  const withCode = (code: string) => Object.assign(new Error("x"), { code });

  it("knows failures after which asking again may succeed", () => {
    for (const code of [
      "ECONNREFUSED",
      "ECONNRESET",
      "57P01",
      "57014",
      "08006",
      "28P01",
      "40P01",
      "53300",
      "55P03",
    ]) {
      assert.equal(isTransient(withCode(code)), true, code);
    }
    assert.equal(isTransient(new Error("Connection terminated unexpectedly")), true);
    assert.equal(isTransient(new AggregateError([withCode("ECONNREFUSED")])), true);
  });

  it("knows faults of ours", () => {
    for (const code of ["23505", "42703", "22P02", "ENOENT"]) {
      assert.equal(isTransient(withCode(code)), false, code);
    }
    assert.equal(isTransient("ECONNRESET"), false);
  });
});
