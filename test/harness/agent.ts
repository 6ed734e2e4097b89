/** What the tests of the agent share; nothing else imports it. */
import { type Agent, connectAgent } from "../../chain-agent/client.ts";
import { type Environment, readChainAgentConfig } from "../../chain-agent/config.ts";
import { createLogger } from "../../chain-agent/log.ts";
import { type AgentTimes, type RunningAgent, runAgent } from "../../chain-agent/run-agent.ts";
import { freePort } from "../../local/ports.ts";
import { until } from "./until.ts";

/** A test's settings of an agent on anvil. */
export function agentEnvironment(
  nodes: readonly string[],
  databaseDir: string,
  more: Environment = {},
): Environment {
  return {
    PITBOSS_CHAIN: "casino/local",
    PITBOSS_CHAIN_PROTOCOL: "ethereum",
    PITBOSS_CHAIN_NETWORK: "anvil",
    PITBOSS_CHAIN_ID: "eip155:31337",
    PITBOSS_CHAIN_NODES: nodes.join(","),
    PITBOSS_CHAIN_CONFIRMATIONS: "1",
    PITBOSS_CHAIN_INSECURE: "true",
    PITBOSS_CHAIN_POLL_MS: "25",
    PITBOSS_HEARTBEAT_SECONDS: "1",
    PITBOSS_DRAIN_SECONDS: "0",
    PITBOSS_GRACE_SECONDS: "5",
    PITBOSS_DATABASE_DIR: databaseDir,
    PITBOSS_LOG_LEVEL: "error",
    ...more,
  };
}

export interface TestAgent extends RunningAgent {
  readonly address: string;
  readonly client: Agent;
  readonly log: string[];
}

const times: AgentTimes = { retractMs: 300, slowReaderMs: 300, compareMs: 100 };

/** An agent in this process with a client of it; ready, unless `ready` is false. */
export async function startAgent(
  environment: Environment,
  options: { readonly times?: AgentTimes; readonly ready?: boolean } = {},
): Promise<TestAgent> {
  const ports = {
    PITBOSS_GRPC_PORT: String(await freePort()),
    PITBOSS_OPERATIONS_PORT: String(await freePort()),
  };
  const config = readChainAgentConfig({ ...ports, ...environment });
  const log: string[] = [];
  const logger = createLogger(config.logLevel, {}, { write: (line) => log.push(line) });
  const agent = await runAgent(config, logger, { ...times, ...options.times });
  const address = `127.0.0.1:${agent.grpcPort}`;
  const client = connectAgent({ address });
  if (options.ready !== false) {
    await until("the agent is ready", async () => agent.chain.stopped() === undefined);
  }
  return {
    ...agent,
    ...{ address, client, log },
    async stop() {
      client.close();
      await agent.stop();
    },
  };
}
