import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { kindNames } from "./schemas.ts";
import { typesOf } from "./types.ts";

/**
 * `npm run generate`: writes every file of the repository that is derived from another one. The list below is
 * the list; `.ci/run` runs it and fails where a committed file differs.
 */

const root = join(import.meta.dirname, "..");

interface Derived {
  readonly path: string;
  readonly source: string;
  content(source: string): string | Promise<string>;
}

const derived: readonly Derived[] = [
  ...kindNames.map((kind) => ({
    path: `crds/generated/${kind}.ts`,
    source: `crds/${kind}.yaml`,
    content: (yaml: string) => typesOf(yaml, `crds/${kind}.yaml`),
  })),
];

for (const file of derived) {
  const content = await file.content(await readFile(join(root, file.source), "utf8"));
  const target = join(root, file.path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, content);
  console.log(`${file.path} from ${file.source}`);
}
