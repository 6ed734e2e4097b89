import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Binary } from "./binaries.ts";
import { minorOf } from "./binaries.ts";
import { intoCache } from "./cache.ts";
import type { Found, Progress, Way } from "./way.ts";

/** go.mod and go.sum here pin every module of Kubernetes and etcd by its hash. */
const modules = join(import.meta.dirname, "modules");
const keptLines = 15;

export interface GoBuildOptions {
  readonly folder: string;
  readonly progress: Progress;
  readonly env?: NodeJS.ProcessEnv;
}

/** Builds a binary from source with the Go on this machine: minutes once, then seconds. */
export function goBuildWay({ folder, progress, env = process.env }: GoBuildOptions): Way {
  async function find(binary: Binary): Promise<Found> {
    const version = await run(["version"], env);
    if ("missing" in version) return version;
    progress.begin(`building ${binary.name} ${binary.version} with Go (minutes, once)`);
    let problem = "";
    const path = await intoCache(folder, binary.name, async (file) => {
      const built = await run(buildArgs(binary, file), env, buildCounter(progress));
      if ("missing" in built) problem = built.missing;
      if (problem) throw new Error(problem);
    }).catch(() => undefined);
    progress.end(path === undefined ? "failed" : "done");
    return path === undefined ? { missing: problem } : { path };
  }
  return { name: "go build", find };
}

function buildArgs({ goPackage, version }: Binary, file: string): string[] {
  const [major, minor] = minorOf(version).split(".");
  const stamp = "-X k8s.io/component-base/version.git";
  const flags = `-s -w ${stamp}Version=v${version} ${stamp}Major=${major} ${stamp}Minor=${minor}`;
  // -v names each package, by which progress is shown.
  const options = ["-v", "-mod=readonly", "-buildvcs=false", "-trimpath"];
  return ["build", ...options, "-ldflags", flags, "-o", file, goPackage];
}

function buildCounter(progress: Progress): (line: string) => void {
  let downloads = 0;
  let packages = 0;
  return (line) => {
    if (line.startsWith("go: downloading")) downloads += 1;
    else packages += 1;
    progress.update(
      packages === 0 ? `${downloads} modules downloaded` : `${packages} packages compiled`,
    );
  };
}

type Ran = { readonly done: true } | { readonly missing: string };

async function run(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  onLine: (line: string) => void = () => {},
): Promise<Ran> {
  const child = spawn("go", args, {
    cwd: modules,
    env: { ...env, CGO_ENABLED: "0" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const last: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => {
    onLine(line);
    last.push(line);
    if (last.length > keptLines) last.shift();
  });
  const kill = () => child.kill();
  process.once("exit", kill);
  try {
    const [code] = (await once(child, "close")) as [number | null];
    if (code === 0) return { done: true };
    return { missing: `go ${args[0]} failed (exit ${code}):\n${last.join("\n")}` };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { missing: code === "ENOENT" ? "Go is not installed" : `go did not start: ${message}` };
  } finally {
    process.off("exit", kill);
  }
}
