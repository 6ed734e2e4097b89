import { type ChildProcess, spawn, spawnSync } from "node:child_process";

/** The server's processors and the clients', apart, as both sides of a comparison get them. */
export const SERVER_CPU = "0";
export const CLIENT_CPU = "1";

/** Moves a running process, with all its threads, to a processor. */
export function pin(pid: number, cpu: string): void {
  const { status, stderr } = spawnSync("taskset", ["-a", "-cp", cpu, String(pid)]);
  if (status !== 0) throw new Error(`taskset of ${pid}: ${stderr}`);
}

/** Starts a command on a processor. */
export function startPinned(
  cpu: string,
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): ChildProcess {
  return spawn("taskset", ["-c", cpu, command, ...args], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** What a command says on its standard output; throws where it fails. */
export async function outputOf(child: ChildProcess): Promise<string> {
  let output = "";
  child.stdout?.on("data", (chunk) => {
    output += chunk;
  });
  const code = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (code !== 0) throw new Error(`${child.spawnargs.join(" ")} ended with ${code}: ${output}`);
  return output;
}
