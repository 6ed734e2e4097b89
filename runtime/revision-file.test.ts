import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { readRevision, readSeedKey } from "./revision-file.ts";
import { compiledEngine } from "./routes/testing.ts";

describe("revision-file", () => {
  let folder: string;
  let path: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "pitboss-revision-"));
    path = join(folder, "file");
  });
  after(() => rm(folder, { recursive: true }));

  const { engine, config, revision } = compiledEngine("dice");
  const good = { engine: engine.name, engineVersion: engine.version, config, revision };

  it("makes ready what it says", async () => {
    await writeFile(path, JSON.stringify(good));
    assert.equal((await readRevision(path)).revision, revision);
  });

  const wrong: [string, object, RegExp][] = [
    ["an unknown engine", { engine: "whist" }, /has not this engine/],
    ["another version of the engine", { engineVersion: "0.0.0" }, /this image has version/],
    ["another configuration", { config: { edge: "0.02" } }, /its content is/],
    ["a configuration that is none", { config: { edge: 1 } }, /\/edge/],
    ["no revision", { revision: undefined }, /must hold/],
  ];
  for (const [name, change, message] of wrong) {
    it(`refuses ${name}`, async () => {
      await writeFile(path, JSON.stringify({ ...good, ...change }));
      await assert.rejects(readRevision(path), message);
    });
  }

  it("reads a seed key of 64 hex digits and nothing else", async () => {
    await writeFile(path, `${"ab".repeat(32)}\n`);
    assert.equal((await readSeedKey(path)).length, 32);
    await writeFile(path, "ab".repeat(31));
    await assert.rejects(readSeedKey(path), /64 hex digits/);
  });
});
