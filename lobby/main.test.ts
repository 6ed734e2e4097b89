import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { request, type TestIssuer, testIssuer } from "../runtime/testing.ts";
import { type MountedSecret, mountSecret } from "../runtime/testing-secret.ts";
import { type TestDatabase, testDatabase } from "../test/harness/database.ts";
import { Cable, startProcess, type TestProcess } from "../test/harness/process.ts";
import { until } from "../test/harness/until.ts";

describe("lobby/main.ts", () => {
  let database: TestDatabase;
  let issuer: TestIssuer;
  let cable: Cable;
  let secret: MountedSecret;
  let lobby: TestProcess;
  before(async () => {
    database = await testDatabase();
    issuer = await testIssuer();
    const url = new URL(database.lobbyUrl);
    cable = new Cable(url.hostname, Number(url.port));
    await cable.mend();
    url.hostname = "127.0.0.1";
    url.port = String(cable.port);
    secret = await mountSecret(url.href);
    lobby = await startProcess("lobby/main.ts", {
      PITBOSS_DATABASE_DIR: secret.directory,
      PITBOSS_ISSUER: issuer.issuer,
      PITBOSS_AUDIENCE: issuer.audience,
      PITBOSS_JWKS: issuer.jwks,
      PITBOSS_POD: "lobby-1",
    });
  });
  after(async () => {
    if (lobby?.child.exitCode === null) lobby.child.kill("SIGKILL");
    cable?.cut();
    await database?.drop();
    await secret?.remove();
  });

  it("serves, is cut off from the database, goes on by itself, and ends with 0", async () => {
    const isReady = async () => (await lobby.readyz()).status === 200;
    await until("ready", isReady).catch((cause) => {
      throw new Error(lobby.output(), { cause });
    });
    const token = await issuer.token("ann");
    const get = (path: string) => request(lobby.url, "GET", path, { token });
    assert.deepEqual((await get("/games")).body, { items: [] });
    assert.deepEqual((await get("/wallet")).body, { balances: [] });
    assert.ok((await lobby.memory()) <= 120, `${await lobby.memory()} MB`);
    cable.cut();
    const away = await get("/wallet");
    assert.equal(away.status, 503);
    assert.ok(away.headers.has("retry-after"));
    await until("the catalogue is away", async () => (await get("/games")).status === 503);
    await until("not ready", async () => (await lobby.readyz()).status === 503);
    await cable.mend();
    await until("ready again", isReady);
    assert.equal((await get("/wallet")).status, 200);
    assert.equal(await lobby.end(), 0);
    for (const line of lobby.output().trim().split("\n")) {
      assert.equal(JSON.parse(line).service, "lobby");
    }
    assert.ok(!lobby.output().includes(token));
  });
});
