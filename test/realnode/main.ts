import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newKey } from "../e2e/keys.ts";
import { Kubectl } from "../e2e/kubectl.ts";
import { tool } from "../platform/tools.ts";
import { anvilImage, installChains } from "./chain.ts";
import { forget, gatewayImage, postgresImage, projectImage } from "./images.ts";
import { install } from "./install.ts";
import { upgradeAndUninstall } from "./life-cycle.ts";
import { output, run } from "./shell.ts";

// `npm run e2e:realnode [-- --keep]`: see the README beside this file.
const root = join(import.meta.dirname, "..", "..");
const realnode =
  process.env["REALNODE"] ?? join(root, "..", "shared", "tools", "realnode", "realnode");
const url = "http://10.250.0.2:30080";
const names = { issuer: "pitboss-e2e", audience: "pitboss" };

if (!existsSync(realnode)) {
  console.error(`there is no ${realnode}; set REALNODE to the path of the tool realnode`);
  process.exit(1);
}
const work = mkdtempSync(join(tmpdir(), "pitboss-realnode-"));
let failed = 1;
try {
  const helm = await tool("helm");
  run(realnode, ["build"]);
  projectImage(realnode, work);
  gatewayImage(realnode, work);
  postgresImage(realnode, work);
  anvilImage(realnode, work);
  run(realnode, ["up"]);
  const kubeconfig = output(realnode, ["kubeconfig"]).trim();
  const key = await newKey();
  const keyFile = join(work, "key.json");
  writeFileSync(keyFile, JSON.stringify(key.secret), { mode: 0o600 });
  const kubectl = new Kubectl(process.env["KUBECTL"] ?? "kubectl", kubeconfig);
  const options = { kubectl, kubeconfig, helm, work, url, ...names, jwks: key.jwks };
  await install(options);
  await installChains(kubectl, work);
  failed = suite({ KUBECONFIG: kubeconfig, PITBOSS_E2E_URL: url, PITBOSS_E2E_KEY: keyFile });
  if (!process.argv.includes("--keep")) await upgradeAndUninstall(options);
} catch (error) {
  failed = 1;
  console.error(error);
} finally {
  if (!process.argv.includes("--keep")) run(realnode, ["down"]);
  forget(work);
}
process.exit(failed);

function suite(env: Record<string, string>): number {
  const mocha = join(root, "node_modules/mocha/bin/mocha.js");
  const args = [mocha, "test/e2e/*.test.ts", "test/realnode/*.check.ts", "--reporter", "spec"];
  const settings = { PITBOSS_ISSUER: names.issuer, PITBOSS_AUDIENCE: names.audience };
  const { status } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...settings, ...env },
  });
  return status ?? 1;
}
