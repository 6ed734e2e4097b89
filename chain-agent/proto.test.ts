import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { refusals } from "./errors.ts";
import { buf } from "./generate.ts";

const protos = join(import.meta.dirname, "proto");

describe("the contract", () => {
  let copy: string;

  before(async () => {
    copy = await mkdtemp(join(tmpdir(), "pitboss-proto-"));
    await cp(protos, copy, { recursive: true });
  });

  after(() => rm(copy, { recursive: true, force: true }));

  it("is clean, formatted and breaks nothing of the baseline", async () => {
    await buf("lint");
    await buf("format", "--exit-code");
    await buf("breaking", "--against", "baseline.binpb");
  });

  const file = "pitboss/chain/v1/entropy.proto";
  for (const { what, from, to, allowed } of [
    {
      what: "another field",
      from: "uint32 nodes = 5;",
      to: "uint32 nodes = 5;\n  // More.\n  string more = 6;",
      allowed: true,
    },
    {
      what: "a field of another number",
      from: "uint32 nodes = 5;",
      to: "uint32 nodes = 6;",
      allowed: false,
    },
    {
      what: "a field of another name",
      from: "uint32 nodes = 5;",
      to: "uint32 node_count = 5;",
      allowed: false,
    },
    { what: "a call less", from: /.*rpc GetEntropy.*\n/, to: "", allowed: false },
  ]) {
    it(`${allowed ? "lets" : "does not let"} it have ${what}`, async () => {
      const text = await readFile(join(protos, file), "utf8");
      const changed = text.replace(from, to);
      assert.notEqual(changed, text);
      await writeFile(join(copy, file), changed);
      const check = buf("breaking", copy, "--against", join(protos, "baseline.binpb"));
      if (allowed) await check;
      else await assert.rejects(check);
      await writeFile(join(copy, file), text);
    });
  }

  it("has a row for each refusal in its page", async () => {
    const page = await readFile(join(import.meta.dirname, "../docs/chain-agent.md"), "utf8");
    for (const reason of Object.keys(refusals))
      assert.match(page, new RegExp(`\\| \`${reason}\` \\|`));
  });
});
