import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, describe, it } from "mocha";
import { pino } from "pino";
import { localCluster } from "../test/harness/control-plane.ts";
import { ChainSockets, chainTarget, socketFolder } from "./chain-sockets.ts";
import { PORTS_ANNOTATION } from "./gateway/routing.ts";
import { NodeApi } from "./node-agent/api.ts";

const NAMESPACE = "/api/v1/namespaces/default";
const SLICES = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices";

/** A server that says its name. */
async function named(name: string): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => socket.end(name));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return { server, port: typeof address === "object" ? (address?.port ?? 0) : 0 };
}

describe("the sockets of the chains' agents", function () {
  this.timeout(60_000);
  const directory = mkdtempSync(join(tmpdir(), "pitboss-sockets-"));
  const path = join(directory, "default_sox");
  const agents: Server[] = [];
  let admin: NodeApi;
  let sockets: ChainSockets;

  before(async () => {
    const plane = await localCluster();
    admin = new NodeApi(plane.access());
    const logger = pino({ level: "silent" });
    sockets = new ChainSockets({ access: plane.access(), directory, logger });
    await sockets.start();
    await admin.call("POST", `${NAMESPACE}/services`, {
      metadata: { name: "sox-agent", labels: { "pitboss.dev/chain": "sox" } },
      spec: { clusterIP: "None", ports: [{ name: "grpc", port: 9000, targetPort: "grpc" }] },
    });
  });

  after(async () => {
    await sockets.stop();
    for (const agent of agents) agent.close();
    await admin.call("DELETE", `${NAMESPACE}/services/sox-agent`);
    await admin.close();
    rmSync(directory, { recursive: true, force: true });
  });

  async function said(): Promise<string> {
    const socket = connect(path);
    let text = "";
    try {
      for await (const data of socket) text += data;
      return text;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? "broken";
    }
  }

  async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < 200; tries++) {
      if (await holds()) return;
      await sleep(50);
    }
    assert.fail(`not in time: ${what}`);
  }

  /** A pod with an agent that listens, and its readiness. */
  async function agent(name: string, ready: boolean): Promise<void> {
    const { server, port } = await named(name);
    agents.push(server);
    await admin.call("POST", `${NAMESPACE}/pods`, {
      metadata: { name, annotations: { [PORTS_ANNOTATION]: JSON.stringify({ grpc: port }) } },
      spec: {
        nodeName: "nowhere",
        containers: [
          { name: "agent", image: "none", ports: [{ name: "grpc", containerPort: 9000 }] },
        ],
      },
    });
    await admin.call("POST", SLICES, {
      metadata: { name, labels: { "kubernetes.io/service-name": "sox-agent" } },
      addressType: "IPv4",
      endpoints: [
        { addresses: ["10.244.1.9"], conditions: { ready }, targetRef: { kind: "Pod", name } },
      ],
    });
  }

  it("close at once while no agent is ready", async () => {
    await until("there is a socket", async () => (await said()) !== "ENOENT");
    await agent("sox-unready", false);
    assert.notEqual(await said(), "sox-unready");
  });

  it("lead to the ready agents in turn", async () => {
    await agent("sox-one", true);
    await agent("sox-two", true);
    const seen = new Set<string>();
    await until("both were seen", async () => {
      seen.add(await said());
      return seen.has("sox-one") && seen.has("sox-two");
    });
    assert.ok(!seen.has("sox-unready"));
  });

  it("have a name that everybody can tell from the Chain's", () => {
    assert.equal(chainTarget("/home/a/chains"), "unix:/home/a/chains/{namespace}_{name}");
  });

  it("are in the state folder, or in a short one of its own where its path will not do", () => {
    assert.equal(socketFolder("/root/.cache/pitboss/home"), "/root/.cache/pitboss/home/chains");
    const homes = [
      "/Users/somebody/Library/Caches/pitboss/home",
      "/tmp/pytest-of-root/pytest-0/test_platform0/home",
      "/home/a b/pitboss",
      "/home/ümlaut",
    ];
    const folders = homes.map(socketFolder);
    assert.equal(new Set(folders).size, homes.length);
    for (const folder of folders) assert.match(folder, /^\/tmp\/pitboss-[0-9a-f]{12}$/);
    assert.deepEqual(homes.map(socketFolder), folders);
  });
});
