import { globSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { generateTypes } from "../chain-agent/generate.ts";
import { pages } from "../docs/derive.ts";
import { argocdFiles } from "../manifests/argocd/derive.ts";
import { dashboardFiles } from "../manifests/monitoring/dashboards/derive.ts";
import { renderAll } from "../manifests/render.ts";
import { kindNames } from "./schemas.ts";
import { typesOf } from "./types.ts";

/**
 * `npm run generate`: writes every file of the repository that is derived from another one. The list below is
 * the list; `.ci/run` runs it and fails where a committed file differs.
 */

const root = join(import.meta.dirname, "..");

interface Derived {
  readonly path: string;
  readonly sources: readonly string[];
  /** From the texts of the sources, in their order. */
  content(sources: readonly string[]): string | Promise<string>;
}

const definitionFiles = kindNames.map((kind) => `crds/${kind}.yaml`);

// The jackpots first: games name them.
const gameFiles = ["jackpots/*.yaml", "games/*/game.yaml"].flatMap((pattern) =>
  globSync(pattern, { cwd: root }).toSorted(),
);

const derived: readonly Derived[] = [
  ...kindNames.map((kind) => ({
    path: `crds/generated/${kind}.ts`,
    sources: [`crds/${kind}.yaml`],
    content: ([yaml = ""]: readonly string[]) => typesOf(yaml, `crds/${kind}.yaml`),
  })),
  ...definitionFiles.map((file) => ({
    path: `manifests/chart/files/${file}`,
    sources: [file],
    content: ([yaml = ""]: readonly string[]) =>
      `# Generated from ${file} by \`npm run generate\`: do not edit.\n${yaml}`,
  })),
  {
    path: "manifests/chart/files/rules.yaml",
    sources: ["manifests/monitoring/rules/platform.yaml"],
    content: ([yaml = ""]: readonly string[]) =>
      `# Generated from manifests/monitoring/rules/platform.yaml by \`npm run generate\`: do not edit.\n${yaml}`,
  },
  {
    path: "manifests/crds/crds.yaml",
    sources: definitionFiles,
    content: (texts: readonly string[]) =>
      `# Generated from ${definitionFiles.join(", ")} by \`npm run generate\`: do not edit.\n${texts.join("---\n")}`,
  },
  {
    path: "manifests/games/base/games.yaml",
    sources: gameFiles,
    content: (texts: readonly string[]) =>
      `# Generated from jackpots/*.yaml and games/*/game.yaml by \`npm run generate\`: do not edit.\n${texts.join("---\n")}`,
  },
  ...pages.map(({ path, source, content }) => ({
    path,
    sources: source.split(", "),
    content,
  })),
  ...argocdFiles,
  ...dashboardFiles,
];

for (const { path, sources, content } of derived) {
  const texts = await Promise.all(sources.map((source) => readFile(join(root, source), "utf8")));
  const target = join(root, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, await content(texts));
  console.log(`${path} from ${sources.join(", ")}`);
}

// buf writes all of these at once, and refuses a change that breaks clients.
await generateTypes();
console.log("chain-agent/generated from chain-agent/proto");

// Last: it holds what is derived above.
console.log(await renderAll());
