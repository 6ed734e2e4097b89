import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, describe, it } from "mocha";
import { QuietLogger } from "../kube/testing/quiet-logger.ts";
import { AgentReports, FIGURES_MS } from "./agent-reports.ts";
import type { LivePod } from "./live.ts";
import { podAddress } from "./live.ts";
import { readReport } from "./report-of-agent.ts";
import { chain, pod } from "./testing/samples.ts";

const KEY = "pitboss-chain/dev";
const status = (change: object = {}) => ({
  state: "CHAIN_STATE_OK",
  head: { height: "12", hash: "0xaa" },
  headAgeMs: "1200",
  nodes: [{ name: "n", state: "NODE_STATE_OK", message: "" }],
  ...change,
});

describe("what the agents say", () => {
  let server: Server;
  let said: { code: number; body: string };
  let now: number;
  let news: string[];
  let pods: LivePod[];
  let reports: AgentReports;

  before(async () => {
    server = createServer((_, response) => response.writeHead(said.code).end(said.body));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  after(() => {
    server.close();
  });

  const say = (body: unknown, code = 200) => {
    said = { code, body: JSON.stringify(body) };
  };

  beforeEach(() => {
    say(status());
    now = 0;
    news = [];
    const { port } = server.address() as AddressInfo;
    const agent = pod("dev-agent-a");
    agent.metadata.annotations = { ports: JSON.stringify({ operations: port }) };
    pods = [agent];
    reports = new AgentReports({
      chains: { list: () => [chain()] },
      pods: { byIndex: () => pods },
      podPortsAnnotation: "ports",
      logger: new QuietLogger(),
      onNews: (key) => news.push(key),
      now: () => now,
    });
  });

  const report = () => reports.of(KEY).get("dev-agent-a");

  it("is news once, with its figures", async () => {
    await reports.ask();
    await reports.ask();
    assert.deepEqual(news, [KEY]);
    assert.equal(report()?.head?.height, 12n);
    assert.ok(reports.figuresDue(KEY));
    assert.ok(!reports.figuresDue(KEY));
  });

  it("is no news where only heights and ages differ, until a minute is over", async () => {
    await reports.ask();
    reports.figuresDue(KEY);
    say(status({ head: { height: "13", hash: "0xbb" }, headAgeMs: "5" }));
    now = FIGURES_MS - 1;
    await reports.ask();
    assert.deepEqual(news, [KEY]);
    now = FIGURES_MS;
    await reports.ask();
    assert.deepEqual(news, [KEY, KEY]);
    assert.ok(reports.figuresDue(KEY));
  });

  it("is news at once where a condition depends on it, without the figures", async () => {
    await reports.ask();
    reports.figuresDue(KEY);
    for (const change of [
      { state: "CHAIN_STATE_LAGGING" },
      { violation: { message: "gone" } },
      { nodes: [{ name: "n", state: "NODE_STATE_FORKED" }] },
    ]) {
      const before = news.length;
      say(status(change));
      await reports.ask();
      assert.equal(news.length, before + 1, JSON.stringify(change));
      assert.ok(!reports.figuresDue(KEY));
    }
  });

  it("is nothing where an agent refuses, talks nonsense or does not run", async () => {
    say({}, 503);
    await reports.ask();
    assert.equal(report(), undefined);
    said = { code: 200, body: "<html>" };
    await reports.ask();
    assert.equal(report(), undefined);
    say(status());
    pods = [pod("dev-agent-a", { containerStatuses: [] })];
    await reports.ask();
    assert.equal(reports.of(KEY).size, 0);
  });

  it("is asked for where the pod is", () => {
    const port = { name: "operations", number: 9090 };
    assert.equal(podAddress(pod("a"), port, ""), "10.0.0.7:9090");
    assert.equal(podAddress(pod("a", { podIP: "fd00::7" }), port, ""), "[fd00::7]:9090");
    assert.equal(podAddress(pod("a", { podIP: "" }), port, ""), undefined);
  });

  it("is read with suspicion", () => {
    for (const nonsense of [null, 7, "text", [], { state: 4, head: 5, nodes: "many" }]) {
      const { state, head, nodes, violation } = readReport(nonsense);
      assert.deepEqual([state, head, nodes, violation], ["UNKNOWN", undefined, [], undefined]);
    }
    const odd = readReport({
      head: { height: "-1", hash: "0x" },
      headAgeMs: "soon",
      violation: {},
    });
    assert.deepEqual([odd.head, odd.headAgeSeconds], [undefined, undefined]);
    assert.equal(odd.violation, "finality is broken");
  });
});
