import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { readBase, readManifests } from "../../local/install/documents.ts";
import { platformObjects } from "../../local/install/platform-objects.ts";
import { bootstrap } from "../../operator/database/bootstrap.ts";
import type { Kubectl } from "../e2e/kubectl.ts";
import { output } from "./shell.ts";

const root = join(import.meta.dirname, "..", "..");
const IMAGE = "localhost/pitboss:1";
const DATABASE = "pitboss";

export interface InstallOptions {
  kubectl: Kubectl;
  url: string;
  issuer: string;
  audience: string;
  jwks: string;
}

/** Installs the platform as a person would: CRDs, database, settings and Secrets, base, gateway, Games. */
export async function install(options: InstallOptions): Promise<void> {
  const { kubectl, url, issuer, audience, jwks } = options;
  const here = (name: string) => join(import.meta.dirname, name);
  await kubectl.run(["apply", "--server-side", "-f", join(root, "local/crds")]);
  const base = await readBase(join(root, "manifests/base"));
  await kubectl.apply(...base.filter(({ kind }) => kind === "Namespace"));
  const password = randomBytes(18).toString("hex");
  await kubectl.run(["apply", "-f", here("postgres.yaml")]);
  await kubectl.apply({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "superuser", namespace: "database" },
    stringData: { password },
  });
  await kubectl.run([
    "rollout",
    "status",
    "statefulset/postgres",
    "-n",
    "database",
    "--timeout=120s",
  ]);
  const access = await prepareDatabase(kubectl, password);
  const objects = platformObjects({ url, issuer, audience, jwks }, access);
  await kubectl.apply(...objects);
  const image = { data: { PITBOSS_RUNTIME_IMAGE: IMAGE } };
  const settings = ["patch", "configmap", "pitboss-settings", "-n", "pitboss", "--type=merge"];
  await kubectl.run([...settings, "-p", JSON.stringify(image)]);
  const text = JSON.stringify({ apiVersion: "v1", kind: "List", items: base });
  const withImage = text.replaceAll("pitboss:local", IMAGE);
  await kubectl.run(["apply", "--server-side", "-f", "-"], withImage);
  await kubectl.run(["apply", "-f", here("gateway.yaml")]);
  for (const name of ["pitboss-operator", "pitboss-lobby", "gateway"]) {
    await kubectl.run([
      "rollout",
      "status",
      `deployment/${name}`,
      "-n",
      "pitboss",
      "--timeout=180s",
    ]);
  }
  await applyGames(kubectl);
}

/** From this machine the Service's address answers too; the pods use its name. */
async function prepareDatabase(kubectl: Kubectl, password: string) {
  const service = await kubectl.get("service", "postgres", "database");
  const host = String(service.spec?.["clusterIP"]);
  const passwords = {
    operatorPassword: randomBytes(18).toString("hex"),
    lobbyPassword: randomBytes(18).toString("hex"),
  };
  const url = (database: string) => `postgres://postgres:${password}@${host}:5432/${database}`;
  await asSuperuser(url("postgres"), (client) => client.query(`CREATE DATABASE ${DATABASE}`));
  await asSuperuser(url(DATABASE), (client) =>
    bootstrap(client, { database: DATABASE, ...passwords }),
  );
  return {
    host: "postgres.database.svc.cluster.local",
    port: 5432,
    database: DATABASE,
    connections: 350,
    ...passwords,
  };
}

async function asSuperuser(
  connectionString: string,
  work: (client: pg.Client) => Promise<unknown>,
) {
  for (let tries = 1; ; tries++) {
    const client = new pg.Client({ connectionString });
    try {
      await client.connect();
    } catch (error) {
      if (tries > 30) throw new Error("PostgreSQL's Service does not answer", { cause: error });
      await sleep(1000);
      continue;
    }
    try {
      await work(client);
      return;
    } finally {
      await client.end();
    }
  }
}

async function applyGames(kubectl: Kubectl): Promise<void> {
  const engines = output("git", ["show", "HEAD:games/index.ts"], root).matchAll(
    /from "\.\/([a-z-]+)\/rules\.ts"/g,
  );
  for (const [, engine] of engines) {
    await kubectl.apply(...(await readManifests(join(root, "games", String(engine), "game.yaml"))));
  }
  await kubectl.run([
    "wait",
    "--for=condition=Ready",
    "games",
    "--all",
    "-n",
    "casino",
    "--timeout=240s",
  ]);
}
