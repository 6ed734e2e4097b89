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
import { join } from "node:path";
import { after, describe, it } from "mocha";
import { parse } from "yaml";
import { tool } from "./tools.ts";
import { runs } from "./ways.ts";

/** The workflows, by the tools that read workflows, and by what they name. */

const root = join(import.meta.dirname, "..", "..");
const read = (file: string) => readFileSync(join(root, file), "utf8");

interface Step {
  readonly uses?: string;
  readonly run?: string;
}
interface Job {
  readonly uses?: string;
  readonly steps?: readonly Step[];
  readonly permissions?: object;
  readonly "timeout-minutes"?: number;
}
interface Workflow {
  readonly on: object;
  readonly permissions: object;
  readonly concurrency: object;
  readonly jobs: Readonly<Record<string, Job>>;
}

const files = globSync(".github/workflows/*.yml", { cwd: root }).toSorted();
const actions = globSync(".github/actions/*/action.yml", { cwd: root });
const workflows = files.map((file) => ({ file, workflow: parse(read(file)) as Workflow }));
const texts = [...files, ...actions].map((file) => ({ file, text: read(file) }));

const scripts = globSync(["**/*.sh", ".ci/run"], {
  cwd: root,
  exclude: ["node_modules/**", ".git/**"],
});

describe("the workflows", () => {
  it("are what actionlint takes, their scripts too", async () => {
    const shellcheck = ["-shellcheck", await tool("shellcheck"), "-pyflakes", ""];
    await runs(await tool("actionlint"), [...shellcheck, ...files], { cwd: root });
  });

  it("have nothing that zizmor finds", async () => {
    const args = ["--offline", "--persona=pedantic", "--quiet", ".github"];
    await runs(await tool("zizmor"), args, { cwd: root });
  });

  for (const { file, workflow } of workflows) {
    it(`${file}: no right by default, an end, one at a time, and never on another's terms`, () => {
      assert.deepEqual(workflow.permissions, {});
      assert.ok(workflow.concurrency);
      assert.ok(!("pull_request_target" in workflow.on) && !("workflow_run" in workflow.on));
      for (const [name, job] of Object.entries(workflow.jobs)) {
        assert.ok(job.permissions, `${name} says what it may`);
        assert.ok(job.uses || job["timeout-minutes"], `${name} ends`);
      }
    });
  }

  it("name every action of others by its commit, with its version beside it, and one commit for each", () => {
    const commits = new Map<string, string>();
    for (const { file, text } of texts) {
      for (const [line, name = ""] of text.matchAll(/uses: ([^\s.$][^\s]*)(.*)/g)) {
        const [action = "", commit = ""] = name.split("@");
        assert.match(line, /@[0-9a-f]{40} # v\d+\.\d+\.\d+$/, `${file}: ${line}`);
        assert.equal(commits.get(action) ?? commit, commit, `${action} has two versions`);
        commits.set(action, commit);
      }
    }
    assert.ok(commits.size > 10);
  });

  it("name only scripts, files and commands that there are", () => {
    const known = Object.keys((JSON.parse(read("package.json")) as { scripts: object }).scripts);
    const missing = texts.flatMap(({ file, text: written }) => {
      // As it is where no pattern needs it otherwise.
      const text = written.replaceAll("\\.", ".");
      const paths = [
        ...text.matchAll(
          /(?<![\w/*])\.?\/?((?:\.github|\.ci|test|manifests|terraform)\/[\w./-]+\w)/g,
        ),
      ]
        .map(([, path = ""]) => path)
        .filter((path) => !existsSync(join(root, path)));
      const commands = [...text.matchAll(/npm run ([\w:-]+)/g)]
        .map(([, name = ""]) => name)
        .filter((name) => !known.includes(name));
      return [...paths, ...commands].map((name) => `${file}: ${name}`);
    });
    // "manifests/overlays/$ENVIRONMENT": each environment has one.
    assert.deepEqual(missing, []);
    for (const environment of ["dev", "staging", "production"]) {
      assert.ok(existsSync(join(root, "manifests/overlays", environment, "kustomization.yaml")));
      assert.ok(existsSync(join(root, "terraform/environments", environment, "environment.yaml")));
    }
  });

  it("plan and apply every stack, in the order in which they stand on each other", () => {
    const stacks = globSync("*/", { cwd: join(root, "terraform/environments/production") })
      .map((folder) => folder.replace(/\/$/, ""))
      .toSorted();
    const text = read(".github/workflows/cd.yml");
    assert.ok(text.includes(`stack: [${stacks.join(", ")}]`));
    assert.ok(text.includes(`for stack in ${stacks.join(" ")}; do`));
  });
});

describe("the scripts of the workflows", () => {
  const work = mkdtempSync(join(tmpdir(), "pitboss-workflows-"));
  after(() => rmSync(work, { recursive: true, force: true }));

  it("and all others are what shellcheck takes", async () => {
    await runs(
      await tool("shellcheck"),
      scripts.map((file) => join(root, file)),
    );
  });

  it("and the images of the suite on kind are what hadolint takes", async () => {
    const dockerfiles = globSync("test/kind/*.Dockerfile", { cwd: root });
    await runs(await tool("hadolint"), ["--failure-threshold", "style", ...dockerfiles], {
      cwd: root,
    });
  });

  it("hold no secret, nor does anything else in git", async () => {
    await runs(await tool("gitleaks"), ["git", root, "--redact", "--no-banner"], { cwd: root });
  });

  it("read an environment from the file that terraform reads", async () => {
    const said = await runs(join(root, ".github/scripts/environment.sh"), ["production", "apply"]);
    const environment = parse(read("terraform/environments/production/environment.yaml")) as {
      account: string;
      region: string;
      name: string;
      state_bucket: string;
      edge: { hostname: string };
    };
    const { account, region, name, state_bucket, edge } = environment;
    assert.deepEqual(said.trim().split("\n"), [
      `region=${region}`,
      `role=arn:aws:iam::${account}:role/github/${name}-apply`,
      `name=${name}`,
      `account=${account}`,
      `state_bucket=${state_bucket}`,
      `url=https://${edge.hostname}`,
    ]);
  });

  it("tag an image by what goes into it", async () => {
    const said = await runs(join(root, ".github/scripts/image-tag.sh"), []);
    assert.match(said, /^src-[0-9a-f]{40}\n$/);
  });

  for (const environment of ["staging", "production"]) {
    it(`put a digest into ${environment}'s overlay, for the operator, the lobby and the games`, async () => {
      const tree = join(work, environment);
      for (const folder of [".github/scripts", "manifests"]) {
        mkdirSync(join(tree, folder), { recursive: true });
        cpSync(join(root, folder), join(tree, folder), { recursive: true, verbatimSymlinks: true });
      }
      const image = `111111111111.dkr.ecr.eu-west-1.amazonaws.com/pitboss@sha256:${"0a".repeat(32)}`;
      const script = (name: string) => join(tree, ".github/scripts", name);
      await runs(script("set-image.sh"), [environment, image]);
      assert.equal(await runs(script("image-of.sh"), [environment]), `${image}\n`);
      // Again, as the next deployment does.
      await runs(script("set-image.sh"), [environment, image]);
      const overlay = join(tree, "manifests/overlays", environment);
      const rendered = await runs(await tool("kubectl"), ["kustomize", overlay]);
      const used = [...rendered.matchAll(/^ +(?:image|value): (.*pitboss[@:].*)$/gm)].map(
        ([, it]) => it,
      );
      assert.ok(used.length >= 3, rendered.slice(0, 400));
      assert.deepEqual([...new Set(used)], [image]);
      await assert.rejects(
        runs(script("set-image.sh"), [environment, "pitboss:latest"]),
        /by its digest/,
      );
    });
  }
});
