import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { newKey } from "../e2e/keys.ts";
import { Kubectl } from "../e2e/kubectl.ts";
import { tool } from "../platform/tools.ts";
import { install } from "../realnode/install.ts";
import { run } from "../realnode/shell.ts";

// `node bootstrap.js test/kind/main.ts`: the end-to-end suite on the kind cluster "pitboss" (test/kind/cluster.yaml), with the
// project's image as Docker builds it. What is installed is what test/realnode installs.
const root = join(import.meta.dirname, "..", "..");
const url = "http://127.0.0.1:30080";
const names = { issuer: "pitboss-e2e", audience: "pitboss" };
const kubeconfig = process.env["KUBECONFIG"] ?? join(homedir(), ".kube", "config");

/** Images in the order in which they stand on each other. */
const images = [
  { tag: "localhost/pitboss:1", file: "Dockerfile" },
  { tag: "localhost/pitboss-gateway:1", file: "test/kind/gateway.Dockerfile" },
  { tag: "localhost/pitboss-postgres:1", file: "test/kind/postgres.Dockerfile" },
];

const work = mkdtempSync(join(tmpdir(), "pitboss-kind-"));
try {
  const helm = await tool("helm");
  for (const { tag, file } of images) {
    run("docker", ["build", "--tag", tag, "--file", join(root, file), root]);
  }
  run("kind", ["load", "docker-image", "--name", "pitboss", ...images.map(({ tag }) => tag)]);
  const key = await newKey();
  const keyFile = join(work, "key.json");
  writeFileSync(keyFile, JSON.stringify(key.secret), { mode: 0o600 });
  const kubectl = new Kubectl(process.env["KUBECTL"] ?? "kubectl", kubeconfig);
  await install({ kubectl, kubeconfig, helm, work, url, ...names, jwks: key.jwks });
  process.exitCode = suite(keyFile);
} finally {
  rmSync(work, { recursive: true, force: true });
}

function suite(keyFile: string): number {
  const mocha = join(root, "node_modules/mocha/bin/mocha.js");
  const { status } = spawnSync(
    process.execPath,
    [mocha, "test/e2e/*.test.ts", "--reporter", "spec"],
    {
      cwd: root,
      stdio: "inherit",
      env: {
        ...process.env,
        KUBECONFIG: kubeconfig,
        PITBOSS_ISSUER: names.issuer,
        PITBOSS_AUDIENCE: names.audience,
        PITBOSS_E2E_URL: url,
        PITBOSS_E2E_KEY: keyFile,
      },
    },
  );
  return status ?? 1;
}
