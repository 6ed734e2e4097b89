/** An agent as a process of its own, for tests that kill it; nothing else imports it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Environment } from "../../chain-agent/config.ts";
import { freePort } from "../../local/ports.ts";
import { until } from "./until.ts";

export interface AgentProcess {
  readonly address: string;
  readonly operationsUrl: string;
  readonly running: boolean;
  /** Its log so far. */
  readonly log: string;
  start(): void;
  ready(): Promise<void>;
  /** Sends a signal and waits for the end; gives the exit code. */
  end(signal: "SIGTERM" | "SIGKILL"): Promise<number | null>;
}

const main = join(import.meta.dirname, "../../chain-agent/main.ts");

/** A process on ports of its own, which it keeps over restarts; not started yet. */
export async function agentProcess(environment: Environment): Promise<AgentProcess> {
  const [grpc, operations] = [await freePort(), await freePort()];
  const operationsUrl = `http://127.0.0.1:${operations}`;
  let child: ChildProcess | undefined;
  let log = "";
  return {
    address: `127.0.0.1:${grpc}`,
    operationsUrl,
    get running() {
      return child !== undefined && child.exitCode === null && child.signalCode === null;
    },
    get log() {
      return log;
    },
    start() {
      child = spawn(process.execPath, [main], {
        stdio: ["ignore", "pipe", "inherit"],
        env: {
          ...environment,
          PITBOSS_GRPC_PORT: String(grpc),
          PITBOSS_OPERATIONS_PORT: String(operations),
        },
      });
      child.stdout?.on("data", (chunk) => {
        log += chunk;
      });
    },
    async ready() {
      await until("the agent's process is ready", async () => {
        if (child?.exitCode !== null) throw new Error(`the agent ended: ${log}`);
        const answer = await fetch(`${operationsUrl}/readyz`).catch(() => undefined);
        return answer?.ok;
      });
    },
    async end(signal) {
      const process = child;
      if (process === undefined || process.exitCode !== null) return process?.exitCode ?? null;
      const gone = once(process, "exit");
      process.kill(signal);
      await gone;
      return process.exitCode;
    },
  };
}
