import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { JsonRpc } from "../../chain-agent/adapters/json-rpc.ts";
import { freePort } from "../../local/ports.ts";

const run = promisify(execFile);
const installMs = 240_000;
const patienceMs = 30_000;

export interface Litecoind {
  readonly url: string;
  rpc(method: string, ...params: readonly unknown[]): Promise<unknown>;
  /** Mines blocks to the node's own wallet; the first 101 make its coins spendable. */
  mine(blocks: number): Promise<void>;
  stop(): Promise<void>;
}

/**
 * litecoind of Debian, a descendant of Bitcoin Core 0.21, which Debian itself does not have. As root it is installed where it
 * is missing. What stands in the way is said by the error.
 */
export async function litecoindProgram(): Promise<string> {
  if (await isThere()) return "litecoind";
  if (process.getuid?.() !== 0) {
    throw new Error(
      "litecoind is missing, and only root can install it: apt-get install litecoind",
    );
  }
  const install = ["install", "--yes", "--no-install-recommends", "litecoind"];
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  try {
    // Fails where the lists are old or were never fetched.
    await run("apt-get", install, { timeout: installMs, env }).catch(async () => {
      await run("apt-get", ["update", "--quiet"], { timeout: installMs, env });
      await run("apt-get", install, { timeout: installMs, env });
    });
  } catch (cause) {
    throw new Error("litecoind is missing, and apt-get install litecoind failed", { cause });
  }
  return "litecoind";
}

async function isThere(): Promise<boolean> {
  try {
    await run("litecoind", ["-version"]);
    return true;
  } catch {
    return false;
  }
}

/** A node on a regtest chain of its own. */
export async function startLitecoind(): Promise<Litecoind> {
  const program = await litecoindProgram();
  const directory = await mkdtemp(join(tmpdir(), "pitboss-litecoind-"));
  const port = await freePort();
  const options = [
    "-regtest",
    "-txindex=1",
    "-mempoolreplacement=1",
    "-listen=0",
    "-fallbackfee=0.0001",
    "-rpcuser=test",
  ];
  const more = [
    "-rpcpassword=test",
    `-rpcport=${port}`,
    `-datadir=${directory}`,
    "-printtoconsole=0",
  ];
  const child = spawn(program, [...options, ...more], { stdio: "ignore" });
  const url = `http://test:test@127.0.0.1:${port}`;
  const node = new JsonRpc(url, 30_000);
  const rpc = (method: string, ...params: readonly unknown[]) => node.request(method, params);
  for (const end = Date.now() + patienceMs; ; ) {
    try {
      await rpc("getblockcount");
      break;
    } catch (error) {
      if (child.exitCode !== null || Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  await rpc("createwallet", "miner");
  const address = await rpc("getnewaddress", "", "bech32");
  return {
    url,
    rpc,
    mine: async (blocks) => {
      await rpc("generatetoaddress", blocks, address);
    },
    async stop() {
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
      await rm(directory, { recursive: true, force: true });
    },
  };
}
