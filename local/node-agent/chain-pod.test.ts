import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, describe, it } from "mocha";
import { pino } from "pino";
import { startCluster } from "../../test/harness/control-plane.ts";
import type { ControlPlane } from "../control-plane.ts";
import { PORTS_ANNOTATION } from "../gateway/routing.ts";
import { startTime } from "../processes/start-time.ts";
import { NodeAgent } from "./agent.ts";
import { NodeApi } from "./api.ts";
import type { Container, Pod } from "./kinds.ts";

const NODES = ["local", "metal"] as const;
const DAEMON_SETS = "/apis/apps/v1/namespaces/default/daemonsets";
const PODS = "/api/v1/namespaces/default/pods";
const BARE_METAL = "pitboss.dev/bare-metal";

/** Answers on the port of its argument, notes its start and its end in a file. */
const CLIENT = `
  const { appendFileSync } = require("node:fs");
  const [port, file, name] = process.argv.slice(1);
  const note = (what) => appendFileSync(file, name + " " + what + "\\n");
  note("starts");
  process.on("SIGTERM", () => { note("stops"); process.exit(0); });
  require("node:http").createServer((_, response) => response.end(name)).listen(Number(port), "127.0.0.1");
`;

const client = (name: string, more: Partial<Container> = {}): Container => ({
  name,
  image: "test:client",
  command: ["node", "-e", CLIENT],
  args: [`$(PITBOSS_${name.toUpperCase()}_PORT)`, "$(PITBOSS_DATA)/notes", name],
  ports: [{ name, containerPort: 8545 }],
  env: [{ name: "PITBOSS_DATA", value: "/data" }],
  volumeMounts: [{ name: "data", mountPath: "/data" }],
  ...more,
});

const sidecar = (name: string, more: Partial<Container> = {}): Container =>
  client(name, { restartPolicy: "Always", ...more });

/** A DaemonSet as a Chain has it: two sidecars, one main container, a folder of the machine. */
const daemonSet = {
  apiVersion: "apps/v1",
  kind: "DaemonSet",
  metadata: { name: "dev" },
  spec: {
    selector: { matchLabels: { app: "dev" } },
    updateStrategy: { type: "OnDelete" },
    template: {
      metadata: { labels: { app: "dev" } },
      spec: {
        nodeSelector: { [BARE_METAL]: "true" },
        tolerations: [{ key: BARE_METAL, operator: "Exists", effect: "NoSchedule" }],
        terminationGracePeriodSeconds: 10,
        initContainers: [sidecar("el"), sidecar("cl")],
        containers: [
          client("agent", {
            ports: [{ name: "agent", containerPort: 9000 }],
            env: [
              { name: "PITBOSS_DATA", value: "/data" },
              // Another container's port, which both share as processes of one pod do.
              { name: "PITBOSS_EL_PORT", value: "8545" },
              { name: "NODES", value: "http://127.0.0.1:$(PITBOSS_EL_PORT)" },
            ],
            readinessProbe: { httpGet: { port: "agent" }, periodSeconds: 1 },
          }),
        ],
        volumes: [{ name: "data", hostPath: { path: "/srv/pitboss/dev", type: "Directory" } }],
      },
    },
  },
};

describe("a DaemonSet on the second node of this machine", function () {
  this.timeout(60_000);
  let plane: ControlPlane;
  let admin: NodeApi;
  let directory: string;
  let disk: string;
  const agents = new Map<string, NodeAgent>();

  before(async () => {
    const users = NODES.map((name) => ({ name: `system:node:${name}`, groups: ["system:nodes"] }));
    ({ plane } = await startCluster({ scheduler: true, users }));
    directory = await mkdtemp(join(tmpdir(), "pitboss-nodes-"));
    disk = join(directory, "disk");
    admin = new NodeApi(plane.access());
    for (const name of NODES) {
      const agent = new NodeAgent({
        access: plane.access(`system:node:${name}`),
        node:
          name === "local"
            ? { name }
            : {
                name,
                labels: { [BARE_METAL]: "true" },
                taints: [{ key: BARE_METAL, value: "true", effect: "NoSchedule" }],
              },
        podRange: name === "local" ? "10.244.0" : "10.244.1",
        directory: join(directory, name),
        disk,
        images: { "test:client": { cwd: directory, programs: { node: process.execPath } } },
        common: {},
        certificate: {
          key: readFileSync(plane.keyFile, "utf8"),
          cert: readFileSync(plane.caFile, "utf8"),
        },
        logger: pino({ level: "silent" }),
      });
      agents.set(name, agent);
      await mkdir(join(directory, name), { recursive: true });
      await agent.start();
    }
    await admin.call("POST", DAEMON_SETS, daemonSet);
  });

  after(async () => {
    for (const agent of agents.values()) await agent.stop();
    await admin.close();
    await rm(directory, { recursive: true, force: true });
  });

  const pods = async (): Promise<Pod[]> => {
    const list = await admin.call<{ items: Pod[] }>("GET", `${PODS}?labelSelector=app%3Ddev`);
    return list.items;
  };

  async function until(good: (pod: Pod) => boolean): Promise<Pod> {
    let seen: Pod[] = [];
    for (let tries = 0; tries < 300; tries++) {
      seen = await pods();
      const found = seen.find(good);
      if (found) return found;
      await sleep(100);
    }
    throw new Error(`not in time: ${JSON.stringify(seen.map(({ status }) => status))}`);
  }

  const isReady = ({ status }: Pod) =>
    status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;

  const notes = () => readFileSync(join(disk, "srv/pitboss/dev/notes"), "utf8").trim().split("\n");

  const pidOf = (container: string, pod: Pod) =>
    agents.get("metal")?.processes().get(`default/${pod.metadata.name}`)?.get(container) ?? 0;

  it("waits for a folder of the machine that is not there, and says so", async () => {
    const pod = await until(({ status }) =>
      Boolean(status?.containerStatuses?.[0]?.state.waiting?.message),
    );
    assert.match(
      pod.status?.containerStatuses?.[0]?.state.waiting?.message ?? "",
      /\/srv\/pitboss\/dev is not a directory/,
    );
  });

  it("runs on the labelled and tainted node alone, its sidecars in order, then the rest", async () => {
    await mkdir(join(disk, "srv/pitboss/dev"), { recursive: true });
    const pod = await until(isReady);
    assert.deepEqual(
      (await pods()).map(({ spec }) => spec.nodeName),
      ["metal"],
    );
    assert.match(pod.status?.podIP ?? "", /^10\.244\.1\./);
    assert.deepEqual(notes(), ["el starts", "cl starts", "agent starts"]);
    const ports = JSON.parse(pod.metadata.annotations?.[PORTS_ANNOTATION] ?? "{}");
    const answer = await fetch(`http://127.0.0.1:${ports.el}`);
    assert.equal(await answer.text(), "el");
  });

  it("restarts the main container without the sidecars", async () => {
    const pod = await until(isReady);
    const [agent, el] = [pidOf("agent", pod), pidOf("el", pod)];
    process.kill(agent, "SIGKILL");
    await until((now) => isReady(now) && now.status?.containerStatuses?.[0]?.restartCount === 1);
    assert.equal(pidOf("el", pod), el);
    assert.ok(startTime(el));
  });

  it("starts a sidecar that died again beside the others", async () => {
    const pod = await until(isReady);
    const agent = pidOf("agent", pod);
    process.kill(pidOf("el", pod), "SIGKILL");
    await until(
      (now) => isReady(now) && now.status?.initContainerStatuses?.[0]?.restartCount === 1,
    );
    assert.equal(pidOf("agent", pod), agent);
    // Started is not yet running: what is stopped before it listens to signals notes nothing.
    await until(() => notes().at(-1) === "el starts");
  });

  it("stops the main container first and the sidecars the other way round", async () => {
    const pod = await until(isReady);
    const before = notes().length;
    await admin.call("DELETE", `${PODS}/${pod.metadata.name}`);
    await until((now) => now.metadata.uid !== pod.metadata.uid && isReady(now));
    assert.deepEqual(notes().slice(before, before + 3), ["agent stops", "cl stops", "el stops"]);
  });
});
