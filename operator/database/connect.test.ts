import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect as connectSocket, createServer, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { after, before, describe, it } from "mocha";
import { testCertificate } from "../../test/harness/certificate.ts";
import {
  expectOk,
  expectProblem,
  type TestDatabase,
  testDatabase,
  withClient,
} from "../../test/harness/database.ts";
import { connect, readSettings } from "./connect.ts";
import { DatabaseAway } from "./failure.ts";
import { inSession } from "./session.ts";
import type { DatabaseSettings } from "./types.ts";

const LIMITS = { platform: "pitboss", connections: 100 };

const secret = {
  ...{ host: "db.internal", port: "5432", database: "pitboss", user: "pitboss_operator" },
  password: "p",
};

describe("readSettings", () => {
  it("reads the fields of a Secret, whose files often end in a newline", () => {
    const settings = { ...secret, port: 5432 };
    assert.deepEqual(readSettings({ ...secret, host: "db.internal\n" }), { ok: settings });
    const withCa = readSettings({ ...secret, "ca.crt": "-----BEGIN" });
    assert.deepEqual(withCa, { ok: { ...settings, ca: "-----BEGIN" } });
  });

  const faults = {
    "names every field that is missing": [
      { host: "h", port: "1", user: "u" },
      /lacks database, password/,
    ],
    "takes an empty field for a missing one": [{ ...secret, host: " " }, /lacks host/],
    "refuses a port that is none": [{ ...secret, port: "70000" }, /port "70000"/],
  } as const;
  for (const [says, [fields, message]] of Object.entries(faults)) {
    it(says, () => expectProblem(readSettings(fields), "SecretIncomplete", message));
  }
});

describe("connect", () => {
  let database: TestDatabase;

  before(async () => {
    database = await testDatabase();
  });
  after(() => database.drop());

  const failing = async (change: Partial<DatabaseSettings>) => {
    const result = await connect({ ...database.settings, ...change }, LIMITS, {
      connectTimeoutMs: 300,
    });
    assert.ok("problem" in result);
    assert.doesNotMatch(result.message, /test-operator/, "no message shows a password");
    return result;
  };

  it("says Unreachable where nobody listens, and where nobody answers", async () => {
    expectProblem(await failing({ port: 1 }), "Unreachable", /cannot be reached .*ECONNREFUSED/);
    expectProblem(await failing({ host: "no-such-host.invalid" }), "Unreachable", /no-such-host/);
    await serve(
      () => undefined,
      async (port) => {
        expectProblem(await failing({ port }), "Unreachable", /timeout/);
      },
    );
  });

  it("says AuthenticationFailed for a wrong password and an unknown role", async () => {
    const wrong = await failing({ password: "wrong" });
    expectProblem(wrong, "AuthenticationFailed", /present password/);
    expectProblem(await failing({ user: "nobody" }), "AuthenticationFailed", /nobody/);
  });

  it("says DatabaseMissing where there is none of that name", async () => {
    expectProblem(await failing({ database: "nowhere" }), "DatabaseMissing", /bootstrap.sql/);
  });

  it("says RightsMissing for a role that bootstrap.sql did not make", async () => {
    const lobby = { user: "pitboss_lobby", password: "test-lobby" };
    expectProblem(await failing(lobby), "RightsMissing", /may not create roles.*bootstrap/);
    const other = await testDatabase();
    const game = await other.provision();
    const { user, password } = game.settings;
    expectProblem(await failing({ user, password }), "RightsMissing", /does not let us in/);
    await other.drop();
  });

  it("verifies the server's certificate and name where a CA is given", async () => {
    const good = testCertificate("localhost");
    const upstream = database.settings.port;
    await serve(tlsInFrontOf(upstream, good), async (port) => {
      const at = { ...database.settings, host: "localhost", port };
      const db = expectOk(await connect({ ...at, ca: good.cert }, LIMITS));
      const { rows } = await db.pool.query("SELECT 1 AS one");
      assert.deepEqual(rows, [{ one: 1 }]);
      await db.close();
      const stranger = await failing({ ...at, ca: testCertificate("localhost").cert });
      expectProblem(stranger, "CertificateRefused", /ca\.crt/);
      const name = await failing({ ...at, host: "127.0.0.1", ca: good.cert });
      expectProblem(name, "CertificateRefused", /127\.0\.0\.1/);
    });
    const plain = await failing({ ca: good.cert });
    expectProblem(plain, "CertificateRefused", /does not support SSL/);
  });

  it("throws DatabaseAway from work whose session ends, and goes on with a new one", async () => {
    const errors: Error[] = [];
    const onIdleError = (error: Error) => void errors.push(error);
    const db = expectOk(await connect(database.settings, LIMITS, { onIdleError }));
    const endSessions = () =>
      withClient(database.superuserUrl, (client) =>
        client.query(
          "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE usename = 'pitboss_operator' AND datname = current_database()",
        ),
      );
    const work = inSession(db, "sleeping", async (client) => {
      const sleeping = client.query("SELECT pg_sleep(10)");
      await Promise.all([sleeping, endSessions()]);
    });
    await assert.rejects(work, (error: unknown) => {
      assert.ok(error instanceof DatabaseAway);
      assert.equal(error.problem, "Unreachable");
      return true;
    });
    await inSession(db, "asking", (client) => client.query("SELECT 1"));
    await endSessions();
    await inSession(db, "asking", (client) => client.query("SELECT 1"));
    assert.equal(errors.length, 1);
    await db.close();
    await assert.rejects(
      inSession(db, "asking", (client) => client.query("SELECT 1")),
      DatabaseAway,
    );
  });

  it("does not take a busy pool for a database that is away", async () => {
    const options = { poolSize: 1, connectTimeoutMs: 200 };
    const db = expectOk(await connect(database.settings, LIMITS, options));
    const work = () => inSession(db, "working", (client) => client.query("SELECT pg_sleep(0.4)"));
    await Promise.all([work(), work()]);
    await db.close();
  });

  it("says what was being done where a statement is wrong", async () => {
    const wrong = inSession(database.db, "counting sheep", (client) =>
      client.query("SELECT * FROM sheep"),
    );
    await assert.rejects(wrong, (error: unknown) => {
      assert.ok(error instanceof Error && !(error instanceof DatabaseAway));
      assert.match(error.message, /while counting sheep: relation "sheep" does not exist/);
      assert.ok(error.cause instanceof Error);
      return true;
    });
  });
});

/** Serves one kind of connection while `work` runs. */
async function serve(
  onSocket: (socket: Socket) => void,
  work: (port: number) => Promise<void>,
): Promise<void> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    onSocket(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  await work((server.address() as AddressInfo).port);
  for (const socket of sockets) socket.destroy();
  server.close();
}

/** PostgreSQL with TLS: answers the request for it and passes on what is inside. */
function tlsInFrontOf(port: number, certificate: { key: string; cert: string }) {
  return (socket: Socket) => {
    socket.once("data", () => {
      socket.write("S");
      const inside = new TLSSocket(socket, { isServer: true, ...certificate });
      const upstream = connectSocket(port, "127.0.0.1");
      for (const each of [inside, upstream]) each.on("error", () => undefined);
      inside.pipe(upstream).pipe(inside);
    });
  };
}
