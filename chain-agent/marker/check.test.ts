import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, describe, it } from "mocha";
import { checkFolder, FolderRefused, type Marker } from "./check.ts";

describe("the marker of a node's data folder", () => {
  const folders: string[] = [];
  let folder: string;
  const own: Marker = { chainId: "eip155:1", genesis: "0xd4e5", node: "metal-1" };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "pitboss-marker-"));
    folders.push(folder);
  });
  after(() => Promise.all(folders.map((one) => rm(one, { recursive: true, force: true }))));

  const refused = (other: Partial<Marker>, message: RegExp) =>
    assert.rejects(checkFolder(folder, { ...own, ...other }), (error) => {
      assert.ok(error instanceof FolderRefused);
      assert.match(error.message, message);
      return true;
    });

  it("claims an empty folder, and knows it again", async () => {
    await mkdir(join(folder, "lost+found"));
    assert.equal(await checkFolder(folder, own), "claimed");
    await writeFile(join(folder, "chaindata"), "…");
    assert.equal(await checkFolder(folder, own), "known");
    assert.deepEqual(JSON.parse(await readFile(join(folder, "pitboss.json"), "utf8")), own);
  });

  it("refuses another chain, another genesis and another machine", async () => {
    await checkFolder(folder, own);
    await refused({ chainId: "eip155:5" }, /belongs to chainId eip155:1, not eip155:5/);
    await refused({ genesis: "0xff" }, /belongs to genesis 0xd4e5/);
    await refused(
      { node: "metal-2" },
      /belongs to node metal-1, not metal-2: mount the right disk/,
    );
  });

  it("lets a genesis become known later", async () => {
    await checkFolder(folder, { ...own, genesis: "" });
    assert.equal(await checkFolder(folder, own), "known");
  });

  it("refuses data of which nobody knows whose it is, and touches nothing", async () => {
    await writeFile(join(folder, "chaindata"), "…");
    await refused({}, /holds chaindata and no pitboss\.json: empty it; or/);
    await assert.rejects(readFile(join(folder, "pitboss.json")));
  });

  it("takes a folder whose claim broke off", async () => {
    await writeFile(join(folder, "pitboss.json.new"), '{"chain');
    assert.equal(await checkFolder(folder, own), "claimed");
  });

  it("is a program that says why it refuses, and ends with 1", () => {
    const env = {
      PITBOSS_MARKER_DIR: join(folder, "missing"),
      PITBOSS_CHAIN_ID: "eip155:1",
      PITBOSS_NODE: "a",
    };
    const run = (more: object) =>
      spawnSync(process.execPath, [join(import.meta.dirname, "..", "marker.ts")], {
        env: { ...env, ...more },
        encoding: "utf8",
      });
    const missing = run({});
    assert.equal(missing.status, 1);
    assert.match(missing.stderr, /ENOENT/);
    const claimed = run({ PITBOSS_MARKER_DIR: folder });
    assert.equal(claimed.status, 0, claimed.stderr);
    const { level, time, msg, node } = JSON.parse(claimed.stdout) as Record<string, string>;
    assert.deepEqual([level, msg, node], ["info", "the data folder is claimed", "a"]);
    assert.ok(Date.parse(time ?? "") > 0);
    assert.match(run({ PITBOSS_NODE: "" }).stderr, /PITBOSS_NODE is missing/);
  });
});
