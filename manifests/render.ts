import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { cachedTool } from "../test/platform/tools.ts";

/**
 * manifests/base and what lies under manifests/overlays are the chart as Helm renders it: whoever installs them needs no
 * Helm. It is rendered again by `npm run generate` where Helm is in the cache; elsewhere a hash tells whether it would
 * have to be.
 */

const run = promisify(execFile);
const root = join(import.meta.dirname, "..");
const chart = "manifests/chart";
const environments = ["dev", "staging", "production"];
export const stampFile = "manifests/chart.sha256";

/** In this order they are installed. */
const parts = [
  "namespaces",
  "chain-admission",
  "rbac",
  "settings",
  "database",
  "operator",
  "lobby",
  "network-policies",
  "gateway",
  "monitoring",
  "admission",
];

const note = (values: string) =>
  `# Rendered from ${chart} with ${values} by \`npm run generate\`: do not edit.\n`;

/** Where the values of each rendering are. */
export const valuesFiles = ["base", ...environments.map((name) => `overlays/${name}`)].map(
  (folder) => `manifests/${folder}/values.yaml`,
);

/** The files that Helm makes of the chart, by path. */
export async function render(helm: string): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const values of valuesFiles) {
    const folder = values.replace("/values.yaml", "");
    const sections = await sectionsOf(helm, values);
    if (folder === "manifests/base") {
      for (const [part, text] of sections) files.set(`${folder}/${part}.yaml`, note(values) + text);
    } else {
      files.set(`${folder}/platform.yaml`, note(values) + [...sections.values()].join("---\n"));
    }
  }
  return files;
}

/** What each template came to; those that came to nothing are absent. */
async function sectionsOf(helm: string, values: string): Promise<ReadonlyMap<string, string>> {
  const place = ["--namespace", "pitboss", "--values", values];
  const { stdout } = await run(helm, ["template", "pitboss", chart, ...place], {
    cwd: root,
    maxBuffer: 64 * 1024 * 1024,
  });
  const found = new Map<string, string[]>(parts.map((part) => [part, []]));
  for (const document of stdout.split(/^---\n/m)) {
    const [, part] = /^# Source: pitboss\/templates\/([a-z-]+)\.yaml$/m.exec(document) ?? [];
    if (part === undefined) continue;
    const list = found.get(part);
    if (list === undefined) throw new Error(`manifests/render.ts does not know ${part}.yaml`);
    // Templates leave blanks where they say nothing.
    const text = document.replace(/^# Source: .*\n/m, "").replaceAll(/[ \t]+$/gm, "");
    list.push(`${text.trim()}\n`);
  }
  const full = [...found].filter(([, documents]) => documents.length > 0);
  return new Map(full.map(([part, documents]) => [part, documents.join("---\n")]));
}

/** Of all that a rendering depends on. */
export async function stamp(): Promise<string> {
  const templates = await readdir(join(root, chart, "templates"));
  const sources = [
    `${chart}/Chart.yaml`,
    `${chart}/values.yaml`,
    ...valuesFiles,
    ...templates.filter((name) => name !== "NOTES.txt").map((name) => `${chart}/templates/${name}`),
  ];
  const hash = createHash("sha256");
  for (const file of sources.toSorted()) {
    hash.update(`${file}\0`).update(await readFile(join(root, file)));
  }
  return `${hash.digest("hex")}\n`;
}

/** Writes the renderings; what it did, as a sentence. */
export async function renderAll(): Promise<string> {
  const wanted = await stamp();
  const helm = await cachedTool("helm");
  if (helm === undefined) {
    const known = join(root, stampFile);
    if (existsSync(known) && (await readFile(known, "utf8")) === wanted) {
      return `manifests/base and overlays are of this ${chart}`;
    }
    throw new Error(
      `${chart} changed, and only Helm can render it: node bootstrap.js test/platform/fetch.ts helm, ` +
        "then npm run generate again",
    );
  }
  const files = await render(helm);
  for (const [path, text] of files) await writeFile(join(root, path), text);
  await writeFile(join(root, stampFile), wanted);
  return `${[...files.keys()].join(", ")} from ${chart}`;
}
