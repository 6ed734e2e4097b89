import { spawnSync } from "node:child_process";

/** Runs a command with its output shown; throws where it fails. */
export function run(
  command: string,
  args: readonly string[],
  options: { cwd?: string } = {},
): void {
  const { status, error } = spawnSync(command, args, { stdio: "inherit", ...options });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}`);
}

/** What a command says; throws where it fails. */
export function output(command: string, args: readonly string[], cwd?: string): string {
  const answer = spawnSync(command, args, { encoding: "utf8", ...(cwd ? { cwd } : {}) });
  if (answer.error) throw answer.error;
  if (answer.status !== 0) throw new Error(`${command} ${args.join(" ")}: ${answer.stderr}`);
  return answer.stdout;
}
