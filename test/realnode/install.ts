import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { manifestFiles, readManifests } from "../../local/install/documents.ts";
import type { Kubectl } from "../e2e/kubectl.ts";
import { gameConnections, installPostgres } from "./database.ts";
import { output, run } from "./shell.ts";

const root = join(import.meta.dirname, "..", "..");

export interface InstallOptions {
  kubectl: Kubectl;
  kubeconfig: string;
  /** The program. */
  helm: string;
  /** A folder for the values. */
  work: string;
  url: string;
  issuer: string;
  audience: string;
  jwks: string;
}

/** Installs the platform as a person would: Gateway API, PostgreSQL, the chart, a gateway, Games. */
export async function install(options: InstallOptions): Promise<void> {
  const { kubectl } = options;
  await kubectl.run(["apply", "--server-side", "-f", join(root, "local/crds")]);
  await installPostgres(kubectl);
  installChart(options);
  await kubectl.run(["apply", "-f", join(import.meta.dirname, "gateway.yaml")]);
  for (const name of ["pitboss-operator", "pitboss-lobby", "gateway"]) {
    const wait = ["rollout", "status", `deployment/${name}`, "-n", "pitboss", "--timeout=180s"];
    await kubectl.run(wait);
  }
  await applyGames(kubectl);
}

/** A first time installs the chart; again is an upgrade that changes nothing. */
export function installChart(options: InstallOptions): void {
  const { url, issuer, audience, jwks, work, helm, kubeconfig } = options;
  const values = join(work, "values.json");
  // The thirteen games take what this one node of two cores has to promise.
  const small = { resources: { requests: { cpu: "10m" } } };
  const chosen = {
    operator: small,
    lobby: small,
    image: { repository: "localhost/pitboss", tag: "1" },
    namespaces: { platform: true },
    players: { url, issuer, audience, jwks: { inline: jwks } },
    database: { connections: gameConnections, bootstrap: { enabled: true } },
  };
  writeFileSync(values, JSON.stringify(chosen), { mode: 0o600 });
  const where = ["--kubeconfig", kubeconfig, "--namespace", "pitboss"];
  // The namespace is there for its Secrets; the chart takes it over and labels it.
  const how = ["--install", "--take-ownership", "--values", values];
  run(helm, ["upgrade", "pitboss", join(root, "manifests/chart"), ...where, ...how]);
}

async function applyGames(kubectl: Kubectl): Promise<void> {
  const engines = output("git", ["show", "HEAD:games/index.ts"], root).matchAll(
    /from "\.\/([a-z-]+)\/rules\.ts"/g,
  );
  const games = [...engines].map(([, engine]) => join(root, "games", String(engine), "game.yaml"));
  // Jackpots before the Games that name them.
  for (const file of [...(await manifestFiles(join(root, "jackpots"))), ...games]) {
    await kubectl.apply(...(await readManifests(file)));
  }
  const ready = ["wait", "--for=condition=Ready", "games", "--all", "-n", "casino"];
  await kubectl.run([...ready, "--timeout=240s"]);
}
