import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { manifestsAt } from "./documents.ts";

describe("manifests at a path", () => {
  const root = mkdtempSync(join(tmpdir(), "pitboss-documents-"));
  const object = (name: string) =>
    `apiVersion: pitboss.dev/v1alpha1\nkind: Game\nmetadata: {name: ${name}}\n`;
  before(() => {
    mkdirSync(join(root, "games", "dice"), { recursive: true });
    mkdirSync(join(root, "none"));
    writeFileSync(join(root, "games", "dice", "game.yaml"), `${object("a")}---\n${object("b")}`);
    writeFileSync(join(root, "games", "dice", "config.schema.json"), '{"type": "object"}');
    writeFileSync(join(root, "games", "README.md"), "# not: yaml: at all");
  });
  after(() => rmSync(root, { recursive: true }));

  it("are those of a folder and below, whatever else lies there", async () => {
    const found = await manifestsAt(join(root, "games"));
    assert.deepEqual(
      found.map(({ metadata }) => metadata.name),
      ["a", "b"],
    );
  });

  it("may be none: whoever starts with an empty folder applies Games later", async () => {
    assert.deepEqual(await manifestsAt(join(root, "none")), []);
  });

  it("are looked for in vain in a file that is named and holds none", async () => {
    const schema = join(root, "games", "dice", "config.schema.json");
    await assert.rejects(manifestsAt(schema), /config\.schema\.json: .*no Kubernetes object/);
  });
});
