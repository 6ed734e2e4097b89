import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { JWK } from "jose";
import { stopAtTheEnd } from "../harness/session.ts";
import { newKey, signerOf } from "./keys.ts";
import { Kubectl } from "./kubectl.ts";

const root = join(import.meta.dirname, "..", "..");
const issuer = process.env["PITBOSS_ISSUER"] ?? "pitboss-e2e";
const audience = process.env["PITBOSS_AUDIENCE"] ?? "pitboss";
const startPatienceMs = 300_000;

/** A running Pitboss, local or on any cluster, seen from outside. */
export interface Platform {
  /** The players' base URL. */
  url: string;
  kubectl: Kubectl;
  /** Where the example games live. */
  namespace: string;
  /** The supervisor's home when this is the local platform: tests that pause or kill processes need it. */
  home?: string;
  /** The database, for the auditor, when this is the local platform. */
  database?: string;
  token(subject: string, scope?: string): Promise<string>;
}

/** Starts `npm start`'s program on free ports with a home of its own and the suite's key as its JWKS. */
async function startLocal(): Promise<Platform> {
  const home = await mkdtemp(join(tmpdir(), "pitboss-e2e-"));
  const key = await newKey();
  const child = spawn(process.execPath, [join(root, "local/main.ts")], {
    cwd: root,
    env: {
      ...process.env,
      PITBOSS_HOME: home,
      PORT: "0",
      PITBOSS_JWKS: key.jwks,
      PITBOSS_ISSUER: issuer,
      PITBOSS_AUDIENCE: audience,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  stopAtTheEnd(async () => {
    if (child.exitCode === null && child.kill("SIGTERM")) await once(child, "exit");
    await rm(home, { recursive: true, force: true });
  });
  const said: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => said.push(line));
  const addresses = new Map<string, string>();
  await new Promise<void>((resolve, reject) => {
    const failed = (why: string) =>
      reject(new Error(`the local platform ${why}:\n${said.slice(-40).join("\n")}`));
    const timer = setTimeout(() => failed("was not ready in time"), startPatienceMs);
    child.on("exit", (code) => {
      clearTimeout(timer);
      failed(`ended with ${code} before it was ready`);
    });
    createInterface({ input: child.stdout }).on("line", (line) => {
      said.push(line);
      const [word, value] = line.split(" ");
      if (word && value) addresses.set(word, value);
      if (line !== "ready") return;
      clearTimeout(timer);
      resolve();
    });
  });
  const kubeconfig = addresses.get("kubeconfig");
  const url = addresses.get("api");
  const database = addresses.get("database");
  if (!kubeconfig || !url || !database) throw new Error(`no addresses in:\n${said.join("\n")}`);
  return {
    url,
    kubectl: new Kubectl(process.env["KUBECTL"] ?? "kubectl", kubeconfig),
    namespace: "casino",
    home,
    database,
    token: signerOf(key.secret, { issuer, audience }),
  };
}

/** A cluster that runs already: KUBECONFIG, the players' URL and the suite's private key come from outside. */
async function attach(kubeconfig: string, url: string, keyFile: string): Promise<Platform> {
  const secret = JSON.parse(await readFile(keyFile, "utf8")) as JWK;
  return {
    url,
    kubectl: new Kubectl(process.env["KUBECTL"] ?? "kubectl", kubeconfig),
    namespace: "casino",
    token: signerOf(secret, { issuer, audience }),
  };
}

let running: Promise<Platform> | undefined;

/** The one platform of this run: attached to where PITBOSS_E2E_URL is set, else started here. */
export function platform(): Promise<Platform> {
  const { KUBECONFIG, PITBOSS_E2E_URL, PITBOSS_E2E_KEY } = process.env;
  running ??=
    KUBECONFIG && PITBOSS_E2E_URL && PITBOSS_E2E_KEY
      ? attach(KUBECONFIG, PITBOSS_E2E_URL, PITBOSS_E2E_KEY)
      : startLocal();
  return running;
}
