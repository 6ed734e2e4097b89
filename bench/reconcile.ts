import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseAllDocuments } from "yaml";
import { ApiRefusal, NodeApi } from "../local/node-agent/api.ts";
import { freePort } from "../local/ports.ts";
import { startPostgres } from "../local/postgres.ts";
import { bootstrap } from "../operator/database/bootstrap.ts";
import { startCluster } from "../test/harness/control-plane.ts";
import { stopAll, testFolder } from "../test/harness/session.ts";
import { withClient } from "./casino.ts";
import { print, rounded } from "./figure.ts";
import { residentMb } from "./resident.ts";

const GAMES = 500;
const CONNECTIONS = 20;
const LIMIT_MB = 150;
const root = join(import.meta.dirname, "..");

/** The collections of a Game's children; HTTPRoutes are there as the CRD is installed. */
const CHILDREN = [
  "/api/v1/namespaces/NS/configmaps",
  "/api/v1/namespaces/NS/secrets",
  "/api/v1/namespaces/NS/services",
  "/apis/apps/v1/namespaces/NS/deployments",
  "/apis/policy/v1/namespaces/NS/poddisruptionbudgets",
  "/apis/networking.k8s.io/v1/namespaces/NS/networkpolicies",
  "/apis/gateway.networking.k8s.io/v1/namespaces/NS/httproutes",
];
const GAME_PATH = "/apis/pitboss.dev/v1alpha1/namespaces/NS/games";

interface Child {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    labels?: Record<string, string> | undefined;
    annotations?: Record<string, string> | undefined;
  };
  status?: unknown;
}

/**
 * 500 Games from the operator's start until each is as far as it comes without nodes, against a plain
 * script that applies the same objects to the same API server over 20 connections. Then the operator's
 * resident memory with 500 Games.
 */
export async function reconcile(): Promise<void> {
  const { plane } = await startCluster();
  const api = new NodeApi({ url: plane.url, caFile: plane.caFile, token: plane.adminToken });
  await install(api);
  for (let i = 0; i < GAMES; i++) await apply(api, GAME_PATH.replace("NS", "casino"), game(i));
  const operator = await startOperator(plane.kubeconfig, api);
  const begun = performance.now();
  const settled = await untilSettled(api);
  const seconds = (performance.now() - begun) / 1000;
  const children = await childrenOf(api);
  await sleep(5_000);
  const megabytes = residentMb(operator.pid);
  await operator.stop();
  const plainSeconds = await applyPlainly(api, children);
  const objects = children.length;
  print({
    bench: "reconcile",
    figure: rounded(objects / seconds),
    unit: "objects/s",
    reference: rounded(objects / plainSeconds),
    referenceIs: `a script that applies the same objects over ${CONNECTIONS} connections`,
    games: settled,
    objects,
    seconds: rounded(seconds),
    plainSeconds: rounded(plainSeconds),
  });
  print({
    bench: "reconcile",
    figure: rounded(megabytes),
    unit: "MB resident",
    reference: LIMIT_MB,
    referenceIs: "the limit",
    of: `the operator with ${GAMES} Games`,
  });
  await api.close();
  await stopAll();
}

function game(i: number): Child & { spec: object } {
  const stake = { currency: "USD", min: "0.25", max: "100", step: "0.25", maxPayout: "1000" };
  return {
    apiVersion: "pitboss.dev/v1alpha1",
    kind: "Game",
    metadata: { name: `bench-${i}` },
    spec: {
      engine: "coin-flip",
      config: { multiplier: "1.96" },
      returnToPlayer: { min: "0.96" },
      stakes: [stake],
      // No pods: without nodes they would only load the controller manager.
      replicas: 0,
    },
  };
}

async function apply(api: NodeApi, collection: string, object: Child): Promise<void> {
  const path = `${collection}/${object.metadata.name}?fieldManager=bench&force=true`;
  await api.call("PATCH", path, object, "application/apply-patch+yaml");
}

async function install(api: NodeApi): Promise<void> {
  const crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  const files = ["crds/game.yaml", "crds/jackpot.yaml", "local/crds/httproutes.yaml"];
  for (const file of files) {
    const documents = parseAllDocuments(readFileSync(join(root, file), "utf8"));
    for (const document of documents) await apply(api, crds, document.toJS({ maxAliasCount: -1 }));
  }
  for (const name of ["pitboss", "casino", "plain"]) {
    await apply(api, "/api/v1/namespaces", {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name },
    });
  }
  const path = GAME_PATH.replace("NS", "casino");
  // A new kind answers 404 and then 429 until its storage is there.
  for (let tries = 0; tries < 100; tries++) {
    if (await api.find(path).catch(() => undefined)) return;
    await sleep(100);
  }
}

async function startOperator(kubeconfig: string, api: NodeApi) {
  const { path, records } = await testFolder();
  const directory = join(path, "postgres-reconcile");
  mkdirSync(directory, { mode: 0o711 });
  const server = await startPostgres({ directory, records, durable: true });
  const passwords = {
    operatorPassword: randomBytes(12).toString("hex"),
    lobbyPassword: randomBytes(12).toString("hex"),
  };
  await withClient(server.superuserUrl, (client) => client.query("CREATE DATABASE pitboss"));
  const url = new URL(server.superuserUrl);
  url.pathname = "/pitboss";
  await withClient(url.href, (client) => bootstrap(client, { database: "pitboss", ...passwords }));
  const secret = {
    host: server.host,
    port: String(server.port),
    database: "pitboss",
    user: "pitboss_operator",
    password: passwords.operatorPassword,
  };
  const object = { apiVersion: "v1", kind: "Secret", metadata: { name: "database" } };
  await apply(api, "/api/v1/namespaces/pitboss/secrets", {
    ...object,
    ...{ stringData: secret },
  });
  const child = spawn(process.execPath, ["--max-semi-space-size=1", "operator/main.ts"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
    env: {
      PATH: process.env["PATH"],
      KUBECONFIG: kubeconfig,
      // As manifests/base starts it.
      MALLOC_ARENA_MAX: "1",
      PITBOSS_NAMESPACE: "pitboss",
      PITBOSS_POD: "bench",
      PITBOSS_WATCHED_NAMESPACES: "casino",
      PITBOSS_DATABASE_SECRET: "database",
      PITBOSS_PLATFORM_KEY_SECRET: "platform-key",
      PITBOSS_DATABASE_CONNECTIONS: "20000",
      PITBOSS_GATEWAY: "pitboss/pitboss",
      PITBOSS_ISSUER: "bench",
      PITBOSS_AUDIENCE: "pitboss",
      PITBOSS_JWKS: '{"keys":[]}',
      PITBOSS_OPERATIONS_PORT: String(await freePort()),
      PITBOSS_LOG_LEVEL: "warn",
    },
  });
  return {
    pid: child.pid ?? 0,
    async stop() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
      await server.stop();
    },
  };
}

/** Waits until every Game's status says what its revision is and what it waits for. */
async function untilSettled(api: NodeApi): Promise<number> {
  for (let second = 0; second < 900; second++) {
    const list = await api.call<{
      items: { status?: { revision?: string; observedGeneration?: number } }[];
    }>("GET", GAME_PATH.replace("NS", "casino"));
    const settled = list.items.filter(
      ({ status }) => status?.revision && status.observedGeneration,
    );
    const routes = await api.call<{ items: unknown[] }>(
      "GET",
      "/apis/gateway.networking.k8s.io/v1/namespaces/casino/httproutes",
    );
    if (settled.length === GAMES && routes.items.length === GAMES) return settled.length;
    await sleep(500);
  }
  throw new Error("the Games were not settled in 15 minutes");
}

async function childrenOf(api: NodeApi): Promise<{ collection: string; object: Child }[]> {
  const found: { collection: string; object: Child }[] = [];
  for (const collection of CHILDREN) {
    const list = await api.call<{ kind: string; apiVersion: string; items: Child[] }>(
      "GET",
      collection.replace("NS", "casino"),
    );
    const kind = list.kind.replace(/List$/, "");
    for (const { status: _, metadata, ...rest } of list.items) {
      const { name, labels, annotations } = metadata;
      if (name === "kube-root-ca.crt") continue;
      const object = { ...rest, apiVersion: list.apiVersion, kind };
      found.push({
        collection,
        object: { ...object, metadata: { name, labels, annotations } },
      });
    }
  }
  return found;
}

async function applyPlainly(api: NodeApi, children: { collection: string; object: Child }[]) {
  for (const { object } of children) dropAllocated(object);
  const queue = [...children];
  const begun = performance.now();
  const worker = async () => {
    for (let next = queue.pop(); next; next = queue.pop()) {
      await apply(api, next.collection.replace("NS", "plain"), next.object).catch(
        (error: unknown) => {
          throw error instanceof ApiRefusal ? new Error(`plain apply: ${error.message}`) : error;
        },
      );
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  return (performance.now() - begun) / 1000;
}

/** A Service's address belongs to the first of the two Services. */
function dropAllocated(object: Child & { spec?: Record<string, unknown> }): void {
  if (object.kind !== "Service") return;
  delete object.spec?.["clusterIP"];
  delete object.spec?.["clusterIPs"];
}
