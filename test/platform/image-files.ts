import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");
const read = (file: string) => readFileSync(join(root, file), "utf8");

/** What the Dockerfile copies out of the build context, as it is written there. */
export function copiedSources(): string[] {
  return read("Dockerfile")
    .split("\n")
    .filter((line) => line.startsWith("COPY ") && !line.includes("--from="))
    .flatMap((line) => line.split(/\s+/).slice(1, -1));
}

/** The shell commands of a stage of the Dockerfile, in their order. */
export function stepsOf(stage: string): string[] {
  const [, ...rest] = read("Dockerfile").split(new RegExp(`^FROM \\S+ AS ${stage}$`, "m"));
  const [own = ""] = rest.join("").split(/^FROM /m);
  const lines = own.replaceAll(/^#.*\n/gm, "").replaceAll("\\\n", " ");
  return [...lines.matchAll(/^RUN (.*)$/gm)].map(([, command = ""]) => command);
}

/** Whether a file of the repository, by its path, is in the image. */
export function inImage(file: string): boolean {
  const named = copied.some((source) => file === source || file.startsWith(`${source}/`));
  return named && inContext(file);
}

/** As Docker reads .dockerignore: the last line that names the file, or a folder above it, decides. */
function inContext(file: string): boolean {
  const last = rules.findLast(({ pattern }) => pathsTo(file).some((path) => pattern.test(path)));
  return last?.kept ?? true;
}

function pathsTo(file: string): string[] {
  const parts = file.split("/");
  return parts.map((_part, index) => parts.slice(0, index + 1).join("/"));
}

function patternOf(text: string): RegExp {
  const source = text
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*\*\/|\*\*|\*|\?/g, (word) => wildcards[word] ?? word);
  return new RegExp(`^${source}$`);
}

const wildcards: Readonly<Record<string, string>> = {
  "**/": "(?:.*/)?",
  "**": ".*",
  "*": "[^/]*",
  "?": "[^/]",
};

const copied = copiedSources();

const rules = read(".dockerignore")
  .split("\n")
  .map((line) => line.trim())
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => ({ kept: line.startsWith("!"), pattern: patternOf(line.replace(/^!/, "")) }));
