import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { JsonRpc } from "../../chain-agent/adapters/json-rpc.ts";
import { freePort } from "../../local/ports.ts";

const binary = join(
  import.meta.dirname,
  "../../node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil",
);
const patienceMs = 20_000;

export interface Anvil {
  readonly url: string;
  rpc(method: string, ...params: readonly unknown[]): Promise<unknown>;
  mine(blocks: number): Promise<void>;
  /** Replaces so many of the last blocks by others. */
  reorg(depth: number): Promise<void>;
  stop(): Promise<void>;
}

/**
 * A real Ethereum node for tests: blocks come when they are asked for, and a block is final four blocks later. Nodes with
 * the same `timestamp` have the same genesis.
 */
export async function startAnvil(
  options: { readonly port?: number; readonly timestamp?: number; readonly more?: string[] } = {},
): Promise<Anvil> {
  const port = options.port ?? (await freePort());
  const args = ["--port", `${port}`, "--silent", "--no-mining", "--slots-in-an-epoch", "2"];
  if (options.timestamp !== undefined) args.push("--timestamp", `${options.timestamp}`);
  const child = spawn(binary, [...args, ...(options.more ?? [])], { stdio: "ignore" });
  const url = `http://127.0.0.1:${port}`;
  const node = new JsonRpc(url, 5_000);
  await untilAnswers(node, child);
  const rpc = (method: string, ...params: readonly unknown[]) => node.request(method, params);
  return {
    url,
    rpc,
    mine: async (blocks) => {
      await rpc("anvil_mine", `0x${blocks.toString(16)}`);
    },
    reorg: async (depth) => {
      // Or else it may mine the very same blocks again.
      await rpc("anvil_setCoinbase", `0x${randomBytes(20).toString("hex")}`);
      await rpc("anvil_reorg", depth, []);
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    },
  };
}

async function untilAnswers(node: JsonRpc, child: ChildProcess): Promise<void> {
  for (const until = Date.now() + patienceMs; Date.now() < until; ) {
    if (child.exitCode !== null) throw new Error(`anvil ended with ${child.exitCode}`);
    try {
      await node.request("eth_chainId", []);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  throw new Error("anvil does not answer");
}
