import assert from "node:assert/strict";
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, describe, it } from "mocha";
import { userCache } from "../../local/user-cache.ts";
import { tool } from "./tools.ts";
import { runs } from "./ways.ts";

/**
 * Terraform's own fmt, init, validate and test on every module and root, and checkov on all of them. Providers cannot be
 * downloaded everywhere: terraform-offline (beside the checkout, or where TERRAFORM_OFFLINE says) serves their schemas.
 */

const root = join(import.meta.dirname, "..", "..");
const offline =
  process.env["TERRAFORM_OFFLINE"] ?? join(root, "..", "shared", "tools", "terraform-offline");
const harness = process.env["TF_HARNESS"] ?? join(userCache(), "..", "terraform-offline");

const directories = globSync(["bootstrap", "modules/*", "environments/*/*/"], {
  cwd: join(root, "terraform"),
})
  .filter((folder) => existsSync(join(root, "terraform", folder, "main.tf")))
  .toSorted();

function onPath(program: string): boolean {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.some((folder) => existsSync(join(folder, program)));
}

/** Why terraform cannot be run here; undefined: it can. */
function missing(): string | undefined {
  if (!onPath("terraform")) return "terraform is not installed";
  if (!existsSync(join(offline, "check.sh"))) return `there is no terraform-offline at ${offline}`;
  return undefined;
}

describe("terraform", () => {
  const why = missing();
  const work = mkdtempSync(join(tmpdir(), "pitboss-terraform-"));

  before(async () => {
    if (why !== undefined) return;
    // What the stacks read: themselves and what Argo CD is installed with.
    mkdirSync(join(work, "manifests"));
    for (const folder of ["terraform", "manifests/argocd", "manifests/gateway"]) {
      cpSync(join(root, folder), join(work, folder), { recursive: true, verbatimSymlinks: true });
    }
    if (!existsSync(join(harness, "terraformrc"))) {
      await runs(join(offline, "setup.sh"), [harness]);
    }
  });
  after(() => rmSync(work, { recursive: true, force: true }));

  it("has a root for each stack of each environment", () => {
    const stacks = ["10-network", "20-cluster", "30-database", "40-platform"];
    const expected = ["dev", "production", "staging"].flatMap((environment) =>
      stacks.map((stack) => `environments/${environment}/${stack}`),
    );
    const found = directories.filter((one) => /^environments\/(?!shared)/.test(one));
    assert.deepEqual(found, expected);
  });

  it("keeps state with a lock, encrypted, under a key of its own in the bucket of its environment", () => {
    const roots = directories.filter((folder) => !folder.startsWith("modules/"));
    for (const folder of roots) {
      const text = readFileSync(join(root, "terraform", folder, "main.tf"), "utf8");
      const stack = folder === "bootstrap" ? "00-bootstrap" : folder.split("/").at(-1);
      assert.match(
        text,
        new RegExp(`key += "${stack}\\.tfstate"\n +use_lockfile = true\n +encrypt += true`),
      );
    }
  });

  it("is formatted", async function () {
    if (!onPath("terraform")) return this.skip();
    await runs("terraform", ["fmt", "-check", "-diff", "-recursive", join(root, "terraform")]);
  });

  for (const folder of directories) {
    it(`${folder} is valid and passes its tests${why === undefined ? "" : ` (not run: ${why})`}`, async function () {
      if (why !== undefined) return this.skip();
      const args = [join(offline, "check.sh"), join(work, "terraform", folder), work];
      const said = await runs("nice", args, { env: { TF_HARNESS: harness } });
      assert.match(said, /Success! \d+ passed, 0 failed\./);
    });
  }

  it("passes checkov, and every exception says why", async () => {
    const unexplained = globSync("**/*.tf", { cwd: join(root, "terraform") }).flatMap((file) =>
      readFileSync(join(root, "terraform", file), "utf8")
        .split("\n")
        .filter(
          (line) => line.includes("checkov:skip") && !/checkov:skip=CKV\w+:\S.{19,}/.test(line),
        )
        .map((line) => `${file}: ${line.trim()}`),
    );
    assert.deepEqual(unexplained, []);
    // The stacks are scanned where they are roots, by their environments.
    const where = ["--directory", join(root, "terraform"), "--skip-path", "terraform/stacks"];
    const how = ["--framework", "terraform", "--skip-download", "--compact", "--output", "json"];
    const said = await runs(await tool("checkov"), [...where, ...how]);
    const { summary } = JSON.parse(said) as { summary: { passed: number; failed: number } };
    assert.equal(summary.failed, 0);
    assert.ok(
      summary.passed > 200,
      `checkov looked at too little: ${summary.passed} checks passed`,
    );
  });
});
