import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { Counter, Registry } from "prom-client";
import { HealthServer } from "./health.ts";

describe("HealthServer", () => {
  let registry: Registry;
  let health: HealthServer;
  let url: string;

  beforeEach(async () => {
    registry = new Registry();
    health = new HealthServer({ port: 0, host: "127.0.0.1", registry });
    url = `http://127.0.0.1:${await health.start()}`;
  });

  afterEach(() => health.stop());

  async function get(path: string): Promise<[number, string]> {
    const response = await fetch(url + path);
    return [response.status, await response.text()];
  }

  it("is well when nothing is wrong", async () => {
    health.addLive({ name: "caches", check: () => undefined });
    assert.deepEqual(await get("/livez"), [200, "[+]caches ok\nok\n"]);
    assert.deepEqual(await get("/readyz"), [200, "ok\n"]);
  });

  it("says what is wrong, and keeps live and ready apart", async () => {
    health.addReady({ name: "caches", check: () => "Game is not listed yet" });
    health.addReady({
      name: "throws",
      check: () => {
        throw new Error("scripted");
      },
    });
    assert.deepEqual(await get("/readyz"), [
      500,
      "[-]caches failed: Game is not listed yet\n[-]throws failed: Error: scripted\nfailed\n",
    ]);
    assert.equal((await get("/livez"))[0], 200);
  });

  it("shows metrics, and a fault in one of them", async () => {
    new Counter({ name: "one_total", help: "One.", registers: [registry] }).inc();
    assert.match((await get("/metrics"))[1], /one_total 1\n/);
    registry.metrics = () => Promise.reject(new Error("scripted"));
    assert.equal((await get("/metrics"))[0], 500);
  });

  it("has nothing else", async () => assert.equal((await get("/"))[0], 404));

  it("says that its port is taken", async () => {
    const other = new HealthServer({
      port: Number(new URL(url).port),
      host: "127.0.0.1",
      registry,
    });
    await assert.rejects(other.start(), /EADDRINUSE/);
  });
});
