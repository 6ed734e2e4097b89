import { spawn } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");

/** Runs `npm run verify`'s program on a proof; answers its exit status. */
export async function verifyOffline(proof: unknown): Promise<number> {
  return await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, "games/cli/verify.ts"), "-"], {
      stdio: ["pipe", "ignore", "inherit"],
    });
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? -1));
    child.stdin.end(JSON.stringify(proof));
  });
}
