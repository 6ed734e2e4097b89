import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { Agent, request as httpRequest } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { after, afterEach, before, describe, it } from "mocha";
import { type TestDatabase, testDatabase } from "../test/harness/database.ts";
import { type ListedGame, listedGame } from "../test/harness/game.ts";
import { Cable, startProcess, type TestProcess } from "../test/harness/process.ts";
import { until } from "../test/harness/until.ts";
import { engineDigest } from "./engine-digest.ts";
import { request, type TestCall, type TestIssuer, testIssuer } from "./testing.ts";
import { type MountedSecret, mountSecret } from "./testing-secret.ts";

const bet = { stake: "1.00", currency: "USD", bet: { side: "heads" } };

describe("runtime/main.ts", () => {
  let database: TestDatabase;
  let game: ListedGame;
  let issuer: TestIssuer;
  let cable: Cable;
  let secret: MountedSecret;
  let environment: Record<string, string>;
  const started: TestProcess[] = [];
  before(async () => {
    database = await testDatabase();
    game = await listedGame(database, "coin-flip", { multiplier: "1.96" });
    issuer = await testIssuer();
    cable = new Cable(game.settings.host, game.settings.port);
    await cable.mend();
    const url = new URL(game.url);
    url.hostname = "127.0.0.1";
    url.port = String(cable.port);
    const { engine, config, revision } = game.compiled;
    const file = { engine: engine.name, engineVersion: engine.version, config, revision };
    secret = await mountSecret(url.href, {
      "revision.json": JSON.stringify(file),
      "seed-key": game.seedKey.toString("hex"),
    });
    environment = {
      PITBOSS_GAME: game.name,
      PITBOSS_NAMESPACE: game.namespace,
      PITBOSS_REVISION_FILE: join(secret.directory, "revision.json"),
      PITBOSS_SEED_KEY_FILE: join(secret.directory, "seed-key"),
      PITBOSS_DATABASE_DIR: secret.directory,
      PITBOSS_ISSUER: issuer.issuer,
      PITBOSS_AUDIENCE: issuer.audience,
      PITBOSS_JWKS: issuer.jwks,
      PITBOSS_POD: "pod-1",
      PITBOSS_LOG_LEVEL: "debug",
    };
  });
  afterEach(async () => {
    for (const { child } of started.splice(0)) if (child.exitCode === null) child.kill("SIGKILL");
  });
  after(async () => {
    cable?.cut();
    await game?.close();
    await database?.drop();
    await secret?.remove();
  });

  async function run(more: Record<string, string> = {}): Promise<TestProcess> {
    const runtime = await startProcess("runtime/main.ts", { ...environment, ...more });
    started.push(runtime);
    return runtime;
  }

  async function ready(more: Record<string, string> = {}): Promise<TestProcess> {
    const runtime = await run(more);
    const isReady = async () => (await runtime.readyz()).status === 200;
    await until("ready", isReady).catch((cause) => {
      throw new Error(runtime.output(), { cause });
    });
    return runtime;
  }

  async function player(runtime: TestProcess) {
    const token = await issuer.token(await game.player());
    return {
      token,
      call: (method: string, path: string, options: TestCall = {}) =>
        request(runtime.url, method, `/games/${game.name}${path}`, { token, ...options }),
    };
  }

  it("tells on its own port how it is and what it runs, and nothing of it on the players'", async () => {
    const runtime = await ready();
    const { body } = await runtime.readyz();
    const { engine, revision } = game.compiled;
    assert.deepEqual(body, {
      ready: true,
      ...{ game: game.name, engine: engine.name, engineVersion: engine.version },
      ...{ engineDigest: engineDigest(), revision },
    });
    const ann = await player(runtime);
    await ann.call("POST", "/rounds", { json: bet, key: randomUUID() });
    const metrics = await (await fetch(`${runtime.operationsUrl}/metrics`)).text();
    assert.match(metrics, /pitboss_rounds_total\{result="created",.*game="/);
    assert.match(metrics, /pitboss_round_seconds_count\{[^}]*call="place",result="done"/);
    assert.match(metrics, /pitboss_stake_minor_total\{currency="USD",[^}]*\} 100\n/);
    assert.match(metrics, /pitboss_payout_minor_total\{currency="USD",[^}]*\} (0|196)\n/);
    assert.match(metrics, /pitboss_batch_rounds_count\{[^}]*\} 1\n/);
    assert.match(metrics, /pitboss_open_rounds\{[^}]*\} 0\n/);
    assert.match(metrics, /pitboss_database_connections\{state="open",[^}]*\} [1-9]/);
    for (const [, name] of metrics.matchAll(/^# HELP (\S+)/gm))
      assert.match(name ?? "", /^pitboss_/);
    assert.equal((await fetch(`${runtime.operationsUrl}/livez`)).status, 200);
    for (const path of ["/livez", "/readyz", "/metrics"]) {
      assert.equal((await fetch(runtime.url + path)).status, 404);
      assert.equal((await fetch(`${runtime.operationsUrl}/other`)).status, 404);
    }
    assert.equal(await runtime.end(), 0);
  });

  it("needs little memory when idle", async () => {
    const runtime = await ready();
    await sleep(1_000);
    const megabytes = await runtime.memory();
    assert.ok(megabytes <= 120, `${megabytes.toFixed(1)} MB`);
    assert.equal(await runtime.end(), 0);
  });

  it("answers all that was asked before SIGTERM and on open connections after it, then exits 0", async () => {
    const runtime = await ready();
    const ann = await player(runtime);
    const agent = new Agent({ keepAlive: true, maxSockets: 4 });
    const outcomes: (number | string)[] = [];
    let closing = 0;
    const place = () =>
      new Promise<void>((resolve) => {
        const outgoing = httpRequest(
          `${runtime.url}/games/${game.name}/rounds`,
          {
            agent,
            method: "POST",
            headers: {
              authorization: `Bearer ${ann.token}`,
              "idempotency-key": randomUUID(),
              "content-type": "application/json",
            },
          },
          (response) => {
            if (response.headers.connection === "close") closing += 1;
            outcomes.push(response.statusCode ?? 0);
            response.resume().on("end", resolve);
          },
        );
        outgoing.on("error", (error: Error & { code?: string }) => {
          outcomes.push(error.code ?? error.message);
          resolve();
        });
        outgoing.end(JSON.stringify(bet));
      });
    // Four connections bet without a pause; each stops once it is asked to close.
    const better = async () => {
      while (closing === 0 && outcomes.length < 5_000) await place();
    };
    const betters = Array.from({ length: 4 }, better);
    await sleep(300);
    const begun = Date.now();
    const ended = runtime.end();
    await Promise.all(betters);
    assert.equal(await ended, 0);
    assert.ok(Date.now() - begun < 5_000);
    assert.ok(outcomes.length > 4 && closing > 0);
    // A new connection may be refused: the pod has left every list by then.
    assert.deepEqual(
      [...new Set(outcomes)].filter((it) => it !== "ECONNREFUSED"),
      [201],
    );
    agent.destroy();
  });

  it("is not ready while it drains", async () => {
    const runtime = await ready();
    const agent = new Agent({ keepAlive: true });
    // An idle connection keeps the drain waiting for a moment.
    await new Promise<void>((resolve, reject) => {
      const path = `${runtime.url}/games/${game.name}`;
      httpRequest(path, { agent }, (response) => response.resume().on("end", resolve))
        .on("error", reject)
        .end();
    });
    const ended = runtime.end();
    await until("draining", async () => (await runtime.readyz()).status === 503, 1);
    assert.equal(await ended, 0);
    agent.destroy();
  });

  it("answers 503 with Retry-After while the database is away, and then goes on by itself", async () => {
    const runtime = await ready();
    const ann = await player(runtime);
    const place = (key: string) => ann.call("POST", "/rounds", { json: bet, key });
    assert.equal((await place("before")).status, 201);
    cable.cut();
    const away = await place("during");
    assert.equal(away.status, 503, away.text);
    assert.equal(away.body.code, "unavailable");
    assert.ok(Number(away.headers.get("retry-after")) > 0);
    await until("not ready", async () => (await runtime.readyz()).status === 503);
    assert.equal((await fetch(`${runtime.operationsUrl}/livez`)).status, 200);
    await cable.mend();
    await until("a bet is taken", async () => (await place("during")).status < 300);
    await until("ready again", async () => (await runtime.readyz()).status === 200);
    assert.equal((await place("during")).status, 200);
    assert.equal(await runtime.end(), 0);
  });

  it("waits for a database that is away at its start, and can be stopped meanwhile", async () => {
    cable.cut();
    const [waiting, stopped] = [await run(), await run()];
    for (const runtime of [waiting, stopped]) {
      await until("starting", async () => (await runtime.readyz()).body["reason"] === "starting");
    }
    assert.equal(await stopped.end(), 0);
    await cable.mend();
    await until("ready", async () => (await waiting.readyz()).status === 200);
    assert.equal(await waiting.end(), 0);
  });

  it("logs JSON lines with level, time and msg, and no secret of a whole session", async () => {
    const runtime = await ready();
    const ann = await player(runtime);
    const { body: round } = await ann.call("POST", "/rounds", { json: bet, key: "k1" });
    await ann.call("POST", "/rounds", { raw: "{", key: "k2" });
    await ann.call("GET", "/rounds", { headers: { authorization: `Bearer ${ann.token}x` } });
    const rotated = await ann.call("POST", "/fairness/rotate", { json: { clientSeed: "mine" } });
    await ann.call("GET", `/rounds/${round.id}/proof`);
    cable.cut();
    await ann.call("POST", "/rounds", { json: bet, key: "k3" });
    await cable.mend();
    await until("ready again", async () => (await runtime.readyz()).status === 200);
    await runtime.end();
    const output = runtime.output();
    const lines = output.trim().split("\n");
    assert.ok(lines.length > 3);
    for (const line of lines) {
      const { level, time, msg, game: speaksOf } = JSON.parse(line);
      assert.match(level, /^(debug|info|warn|error)$/);
      assert.ok(!Number.isNaN(Date.parse(time)), line);
      assert.equal(typeof msg, "string");
      assert.equal(speaksOf, game.name);
    }
    const secrets = {
      token: ann.token,
      "half a token": ann.token.slice(0, 30),
      password: game.settings.password,
      "seed key": game.seedKey.toString("hex"),
      "server seed": rotated.body.revealed.serverSeed,
    };
    for (const [name, text] of Object.entries(secrets)) {
      assert.ok(text.length > 5 && !output.includes(text), `${name} is in the log`);
    }
  });

  it("says in one line what keeps it from starting, and exits 1", async () => {
    const missing = await run({ PITBOSS_GAME: "" });
    assert.equal(await missing.end("SIGCONT"), 1);
    const [line, ...rest] = missing.output().trim().split("\n");
    assert.deepEqual(rest, []);
    assert.match(JSON.parse(line ?? "").msg, /PITBOSS_GAME is missing/);
    const key = join(secret.directory, "short-key");
    await writeFile(key, "abc");
    const wrong = await run({ PITBOSS_SEED_KEY_FILE: key });
    assert.equal(await wrong.end("SIGCONT"), 1);
    assert.match(wrong.output(), /64 hex digits/);
    await rm(key);
  });
});
