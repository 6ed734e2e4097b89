import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { lobbySettings } from "../../lobby/config.ts";
import { render, stamp, stampFile } from "../../manifests/render.ts";
import { settings as operatorSettings } from "../../operator/config.ts";
import { checkov } from "./checkov.ts";
import { tool } from "./tools.ts";
import { type ValueSet, writeValueSets } from "./value-sets.ts";
import { runs } from "./ways.ts";

const root = join(import.meta.dirname, "..", "..");
const chart = join(root, "manifests/chart");

describe("the chart", () => {
  let helm: string;
  let work: string;
  let sets: readonly ValueSet[];

  before(async () => {
    helm = await tool("helm");
    work = mkdtempSync(join(tmpdir(), "pitboss-chart-"));
    sets = writeValueSets(work);
  });
  after(() => rmSync(work, { recursive: true, force: true }));

  it("passes Helm's own linter with every set of values", async () => {
    for (const { file } of sets) await runs(helm, ["lint", "--strict", chart, "--values", file]);
  });

  it("refuses a value that does not exist, and one of another type", async () => {
    const wrong = ["operatr.replicas=2", "operator.replicas=none", "image.digest=sha256:12"];
    for (const set of wrong) {
      await assert.rejects(
        runs(helm, ["template", chart, "--set", set]),
        /values don't meet the specifications/,
      );
    }
  });

  it("passes its unit tests", async () => {
    await runs(await tool("helm-unittest"), ["--strict", chart]);
  });

  it("has nothing that checkov finds unsafe", async () => {
    const folder = join(work, "rendered");
    mkdirSync(folder);
    const full = sets.find(({ name }) => name === "every option on") ?? assert.fail();
    writeFileSync(join(folder, "chart.yaml"), await full.render(helm));
    await checkov("kubernetes", "--directory", folder);
  });

  it("is what manifests/base and the overlays were rendered from", async () => {
    for (const [path, text] of await render(helm)) {
      assert.equal(readFileSync(join(root, path), "utf8"), text, `${path}: npm run generate`);
    }
    assert.equal(readFileSync(join(root, stampFile), "utf8"), await stamp());
  });

  it("sets only what the processes read, and can set all of it", async () => {
    const texts = await Promise.all(sets.map((set) => set.render(helm)));
    const set = new Set(texts.join("\n").match(/\bPITBOSS_[A-Z_]*[A-Z]\b(?!\))/g));
    // $(PITBOSS_…) in a description of the API is the operator's to fill in.
    const inWords = new Set(
      [...texts.join("\n").matchAll(/\$\((PITBOSS_\w+)\)/g)].map(([, name]) => name ?? ""),
    );
    const read = new Set([...Object.keys(operatorSettings), ...Object.keys(lobbySettings)]);
    const unknown = [...set].filter((name) => !read.has(name) && !inWords.has(name));
    assert.deepEqual(unknown, []);
    // Kubernetes fills in the first two; the other is for one machine, where pods share an address.
    const given = (name: string) =>
      name.startsWith("KUBERNETES_SERVICE_") || name === "PITBOSS_POD_PORTS_ANNOTATION";
    assert.deepEqual(
      [...read].filter((name) => !set.has(name) && !given(name)),
      [],
    );
  });
});
