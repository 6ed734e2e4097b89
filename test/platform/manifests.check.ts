import { globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "mocha";
import { parseAllDocuments } from "yaml";
import type { Manifest } from "../../local/install/documents.ts";
import { startCluster } from "../harness/control-plane.ts";
import { foreignDefinitions } from "./foreign.ts";
import { tool } from "./tools.ts";
import { writeValueSets } from "./value-sets.ts";
import { runs } from "./ways.ts";

const root = join(import.meta.dirname, "..", "..");

interface Objects {
  readonly name: string;
  readonly items: readonly Manifest[];
}

/** A real API server that knows every kind that our manifests use and every namespace that they name. */
describe("every manifest, on the API server", function () {
  this.timeout(600_000);
  const rendered: Objects[] = [];
  let work: string;
  let apply: (items: readonly Manifest[], ...more: string[]) => Promise<string>;

  before(async () => {
    work = mkdtempSync(join(tmpdir(), "pitboss-manifests-"));
    const kubectl = await tool("kubectl");
    const helm = await tool("helm");
    const { plane } = await startCluster();
    const verb = ["apply", "--server-side", "--force-conflicts", "--validate=strict"];
    const applyFiles = (files: readonly string[], more: readonly string[]) =>
      runs(kubectl, [
        `--kubeconfig=${plane.kubeconfig}`,
        ...verb,
        ...more,
        ...files.map((file) => `--filename=${file}`),
      ]);
    apply = (items, ...more) => {
      const file = join(work, "objects.json");
      writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
      return applyFiles([file], more);
    };
    for (const set of writeValueSets(work)) {
      rendered.push({ name: set.name, items: objectsOf(await set.render(helm)) });
    }
    for (const file of globSync("manifests/**/kustomization.yaml", { cwd: root }).toSorted()) {
      const folder = dirname(file);
      const text = await runs(kubectl, ["kustomize", join(root, folder)]);
      rendered.push({ name: folder, items: objectsOf(text) });
    }
    await applyFiles([...(await foreignDefinitions()), join(root, "manifests/crds/crds.yaml")], []);
    await apply(namespacesOf(rendered.flatMap(({ items }) => items)));
  });
  after(() => rmSync(work, { recursive: true, force: true }));

  it("is accepted without a warning", async () => {
    const refused: string[] = [];
    for (const { name, items } of rendered) {
      await apply(items, "--dry-run=server", "--warnings-as-errors").catch((error: Error) =>
        refused.push(`${name}: ${error.message}`),
      );
    }
    if (refused.length > 0) throw new Error(refused.join("\n"));
  });
});

function objectsOf(text: string): Manifest[] {
  return parseAllDocuments(text, { merge: true })
    .map((document) => document.toJS() as Manifest | null)
    .filter((object) => object !== null);
}

/** Those that the manifests make, and those that they only name. */
function namespacesOf(all: readonly Manifest[]): Manifest[] {
  const made = new Map(
    all.filter(({ kind }) => kind === "Namespace").map((one) => [one.metadata.name, one]),
  );
  const named = all.flatMap(({ metadata }) => metadata.namespace ?? []);
  return [...new Set([...made.keys(), ...named])].map(
    (name) => made.get(name) ?? { apiVersion: "v1", kind: "Namespace", metadata: { name } },
  );
}
