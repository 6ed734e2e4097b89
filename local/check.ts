import { spawnSync } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const modules = join(root, "node_modules");

interface Check {
  readonly name: string;
  readonly cure: string;
  passes(): boolean;
}

// `npm run check`: what must hold before a change is proposed.
const checks: readonly Check[] = [
  {
    name: "generated files",
    cure: "they were stale and have been generated anew: commit them",
    passes: () => {
      const before = workTree();
      return node(join(root, "crds", "generate.ts")) && workTree() === before;
    },
  },
  {
    name: "types",
    cure: "tsc says above where",
    passes: () => node(join(modules, "typescript", "bin", "tsc"), "-p", root),
  },
  {
    name: "format, lint and imports",
    cure: "npx biome check --write mends most of it",
    passes: () => node(join(modules, "@biomejs", "biome", "bin", "biome"), "check"),
  },
];

function node(...args: string[]): boolean {
  return spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" }).status === 0;
}

/** All that differs from the last commit, as text. */
function workTree(): string {
  const git = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync("git", args, { cwd: root, encoding: "utf8" });
    if (status !== 0) throw new Error(`git ${args[0]} failed: ${stderr}`);
    return stdout;
  };
  return git("status", "--porcelain") + git("diff", "HEAD");
}

const failed = checks.filter((check) => !check.passes());
for (const { name, cure } of failed) console.error(`check failed: ${name}: ${cure}`);
process.exitCode = failed.length === 0 ? 0 : 1;
