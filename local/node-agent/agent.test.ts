import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, describe, it } from "mocha";
import { pino } from "pino";
import { localCluster } from "../../test/harness/control-plane.ts";
import type { ControlPlane } from "../control-plane.ts";
import { PORTS_ANNOTATION } from "../gateway/routing.ts";
import { Applier } from "../install/applier.ts";
import { startTime } from "../processes/start-time.ts";
import { NodeAgent } from "./agent.ts";
import { ApiRefusal, NodeApi } from "./api.ts";
import type { Container, Pod } from "./kinds.ts";
import { metricsObjects } from "./metrics-api.ts";

const NODE = "local";
const POD_PATH = "/api/v1/namespaces/default/pods";

/** A web server that tells its environment, and what is in the file that FILE names. */
const SERVER = `
  const { createServer } = require("node:http");
  const { readFileSync } = require("node:fs");
  process.on("SIGTERM", () => { console.log("told to stop"); process.exit(0); });
  console.log("listening");
  createServer((request, response) => {
    if (request.url === "/die") process.exit(3);
    const file = process.env.FILE ? readFileSync(process.env.FILE, "utf8") : "";
    response.end(JSON.stringify({ env: process.env, file }));
  }).listen(Number(process.env.PITBOSS_HTTP_PORT), "127.0.0.1");
`;

function server(more: Partial<Container> = {}): Container {
  return {
    name: "web",
    image: "test:web",
    command: ["node", "-e", SERVER],
    ports: [{ name: "http", containerPort: 8080 }],
    readinessProbe: { httpGet: { path: "/", port: "http" }, periodSeconds: 1 },
    ...more,
  };
}

/** The API server looks now and then whether a forwarded group answers. */
function unavailable(error: unknown): undefined {
  if (error instanceof ApiRefusal && error.status === 503) return undefined;
  throw error;
}

describe("the local node agent", function () {
  this.timeout(60_000);
  let plane: ControlPlane;
  let agent: NodeAgent;
  let admin: NodeApi;
  let directory: string;
  let endpoint: number;

  before(async () => {
    plane = await localCluster();
    directory = await mkdtemp(join(tmpdir(), "pitboss-node-"));
    admin = new NodeApi(plane.access());
    agent = new NodeAgent({
      access: plane.access(`system:node:${NODE}`),
      node: { name: NODE },
      directory,
      images: { "test:web": { cwd: directory, programs: { node: process.execPath } } },
      common: { PATH: process.env["PATH"] ?? "" },
      certificate: {
        key: readFileSync(plane.keyFile, "utf8"),
        cert: readFileSync(plane.caFile, "utf8"),
      },
      logger: pino({ level: "silent" }),
    });
    endpoint = await agent.start();
  });

  after(async () => {
    await agent.stop();
    await admin.close();
    await rm(directory, { recursive: true, force: true });
  });

  async function create(name: string, spec: Partial<Pod["spec"]>, labels = {}): Promise<void> {
    await admin.call("POST", POD_PATH, {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, labels },
      spec: { nodeName: NODE, terminationGracePeriodSeconds: 5, ...spec },
    });
  }

  async function until(name: string, good: (pod: Pod) => boolean): Promise<Pod> {
    let pod: Pod | undefined;
    for (let tries = 0; tries < 200; tries++) {
      pod = await admin.find<Pod>(`${POD_PATH}/${name}`);
      if (pod && good(pod)) return pod;
      await sleep(100);
    }
    throw new Error(`not in time: ${JSON.stringify(pod?.status, null, 1)}`);
  }

  const isReady = (pod: Pod) =>
    pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ??
    false;

  async function ask(pod: Pod, path = "/"): Promise<{ env: Record<string, string>; file: string }> {
    const ports = JSON.parse(pod.metadata.annotations?.[PORTS_ANNOTATION] ?? "{}");
    return (await (await fetch(`http://127.0.0.1:${ports.http}${path}`)).json()) as never;
  }

  it("runs a pod with its environment, its mounts and a port of its own", async () => {
    await admin.call("POST", "/api/v1/namespaces/default/configmaps", {
      metadata: { name: "settings" },
      data: { "a.txt": "from a ConfigMap", COLOUR: "red" },
    });
    await create("full", {
      containers: [
        server({
          envFrom: [{ configMapRef: { name: "settings" } }],
          env: [
            { name: "POD", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
            { name: "FILE", value: "/etc/settings/a.txt" },
            { name: "BOTH", value: "$(COLOUR) $(POD)" },
          ],
          volumeMounts: [{ name: "settings", mountPath: "/etc/settings" }],
        }),
      ],
      volumes: [{ name: "settings", configMap: { name: "settings" } }],
    });
    const { env, file } = await ask(await until("full", isReady));
    assert.equal(file, "from a ConfigMap");
    assert.equal(env["BOTH"], "red full");
  });

  it("gives a service account's token that the API server takes", async () => {
    await create("token", {
      containers: [
        server({
          env: [{ name: "FILE", value: "/var/run/token/token" }],
          volumeMounts: [{ name: "token", mountPath: "/var/run/token" }],
        }),
      ],
      volumes: [
        { name: "token", projected: { sources: [{ serviceAccountToken: { path: "token" } }] } },
      ],
    });
    const { file } = await ask(await until("token", isReady));
    const review = await admin.call<{ status: { user: { username: string } } }>(
      "POST",
      "/apis/authentication.k8s.io/v1/tokenreviews",
      { spec: { token: file } },
    );
    assert.equal(review.status.user.username, "system:serviceaccount:default:default");
  });

  it("restarts a process that died, and counts it", async () => {
    await create("mortal", { containers: [server()] });
    const pod = await until("mortal", isReady);
    await assert.rejects(ask(pod, "/die"));
    const healed = await until(
      "mortal",
      (now) => isReady(now) && now.status?.containerStatuses?.[0]?.restartCount === 1,
    );
    const last = healed.status?.containerStatuses?.[0]?.lastState?.terminated;
    assert.equal(last?.exitCode, 3);
  });

  it("runs init containers to their end, and sidecars beside the rest", async () => {
    const step = (name: string, code: string): Container => ({
      name,
      image: "test:web",
      command: ["node", "-e", code],
    });
    const write = `require("fs").appendFileSync(process.env.FILE, process.env.STEP)`;
    const mount = {
      env: [{ name: "FILE", value: "/work/steps" }],
      volumeMounts: [{ name: "work", mountPath: "/work" }],
    };
    await create("ordered", {
      volumes: [{ name: "work", emptyDir: {} }],
      initContainers: [
        { ...step("first", `process.env.STEP = "1"; ${write}`), ...mount },
        {
          ...step("beside", `process.env.STEP = "2"; ${write}; setInterval(() => {}, 1000)`),
          ...mount,
          restartPolicy: "Always",
        },
      ],
      containers: [server(mount)],
    });
    const { file } = await ask(await until("ordered", isReady));
    assert.equal(file, "12");
  });

  it("says what a pod waits for: an unknown image, a missing ConfigMap", async () => {
    await create("no-image", { containers: [server({ image: "unknown:1" })] });
    const pod = await until("no-image", (now) =>
      Boolean(now.status?.containerStatuses?.[0]?.state.waiting?.message),
    );
    assert.equal(pod.status?.containerStatuses?.[0]?.state.waiting?.reason, "ErrImagePull");
    await create("no-map", {
      containers: [server()],
      volumes: [{ name: "x", configMap: { name: "missing" } }],
    });
    await until("no-map", (now) =>
      /missing/.test(now.status?.containerStatuses?.[0]?.state.waiting?.message ?? ""),
    );
  });

  it("stops a deleted pod with SIGTERM within its grace time, and lets kubectl read its log", async () => {
    await create("leaver", { containers: [server()] });
    await until("leaver", isReady);
    const log = async () => {
      const { Agent, request } = await import("undici");
      const ca = readFileSync(plane.caFile);
      const answer = await request(`${plane.url}${POD_PATH}/leaver/log?tailLines=1`, {
        dispatcher: new Agent({ connect: { ca } }),
        headers: { authorization: `Bearer ${plane.adminToken}` },
      });
      return await answer.body.text();
    };
    assert.equal(await log(), "listening\n");
    await admin.call("DELETE", `${POD_PATH}/leaver`);
    for (let tries = 0; (await admin.find(`${POD_PATH}/leaver`)) && tries < 100; tries++) {
      await sleep(50);
    }
    assert.equal(await admin.find(`${POD_PATH}/leaver`), undefined);
    assert.equal(agent.processes().has("default/leaver"), false);
    const written = readFileSync(join(directory, "logs", "default_leaver_web.log"), "utf8");
    assert.match(written, /told to stop/);
  });

  it("backs off from a container that ends again and again", async () => {
    const failing = { name: "c", image: "test:web", command: ["node", "-e", "process.exit(7)"] };
    await create("looping", { containers: [failing] });
    const pod = await until(
      "looping",
      (now) => now.status?.containerStatuses?.[0]?.state.waiting?.reason === "CrashLoopBackOff",
    );
    assert.equal(pod.status?.containerStatuses?.[0]?.lastState?.terminated?.exitCode, 7);
    assert.equal(pod.status?.phase, "Running");
  });

  it("restarts a container that fails its liveness probe", async () => {
    const never = { tcpSocket: { port: "closed" }, periodSeconds: 1, failureThreshold: 1 };
    await create("sick", { containers: [server({ livenessProbe: never })] });
    await until("sick", (now) => (now.status?.containerStatuses?.[0]?.restartCount ?? 0) > 0);
  });

  it("kills a process that does not hear SIGTERM when the grace time is over", async () => {
    const deaf = `process.on("SIGTERM", () => {}); ${SERVER.replace(/process\.on.*/, "")}`;
    await create("deaf", {
      terminationGracePeriodSeconds: 1,
      containers: [server({ command: ["node", "-e", deaf] })],
    });
    await until("deaf", isReady);
    const pid = agent.processes().get("default/deaf")?.get("web") ?? 0;
    const began = Date.now();
    await admin.call("DELETE", `${POD_PATH}/deaf`);
    while (await admin.find(`${POD_PATH}/deaf`)) await sleep(50);
    assert.ok(Date.now() - began >= 1_000);
    assert.equal(startTime(pid), undefined);
  });

  it("tells the API server what its pods use", async () => {
    await new Applier(admin).applyAll(metricsObjects(endpoint), "default");
    await create("busy", { containers: [server()] }, { app: "busy" });
    await until("busy", isReady);
    const path = "/apis/metrics.k8s.io/v1beta1/namespaces/default/pods?labelSelector=app%3Dbusy";
    let items: { metadata: { name: string }; containers: { usage: Record<string, string> }[] }[] =
      [];
    for (let tries = 0; items.length === 0 && tries < 100; tries++) {
      await sleep(200);
      items = (await admin.find<{ items: typeof items }>(path).catch(unavailable))?.items ?? [];
    }
    assert.deepEqual(
      items.map(({ metadata }) => metadata.name),
      ["busy"],
    );
    assert.match(items[0]?.containers[0]?.usage["cpu"] ?? "", /^\d+n$/);
    assert.ok(Number.parseInt(items[0]?.containers[0]?.usage["memory"] ?? "0", 10) > 10_000);
  });

  it("runs a Job-like pod to its end", async () => {
    await create("once", {
      restartPolicy: "Never",
      containers: [{ name: "c", image: "test:web", command: ["node", "-e", "process.exit(0)"] }],
    });
    await until("once", (now) => now.status?.phase === "Succeeded");
  });
});
