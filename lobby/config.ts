import { str } from "envalid";
import {
  type Environment,
  readSharedConfig,
  type SharedConfig,
  settingsIn,
  sharedSettings,
} from "../runtime/config.ts";
import type { AgentSettings } from "./cashier/agents.ts";

const chainSettings = {
  PITBOSS_CHAIN_AGENTS: str({
    default: "dns:///{name}-agent.{namespace}.svc:9000",
    desc: "gRPC target of a Chain's agents; {namespace} and {name} stand for the Chain's",
  }),
  PITBOSS_CHAIN_TLS_DIR: str({
    default: "",
    desc: "Folder of ca.crt, tls.crt and tls.key by which agents and lobby know each other; without it they talk in clear",
  }),
};

/** What the lobby is told: what every process that players reach is told, and where the Chains' agents are. */
export const lobbySettings = { ...sharedSettings, ...chainSettings };

export interface LobbyConfig extends SharedConfig {
  readonly chainAgents: AgentSettings;
}

/** Reads the lobby's settings; throws ConfigError with every fault at once. */
export function readLobbyConfig(environment: Environment): LobbyConfig {
  const env = settingsIn(environment, lobbySettings);
  return {
    ...readSharedConfig(environment),
    chainAgents: { target: env.PITBOSS_CHAIN_AGENTS, tlsDir: env.PITBOSS_CHAIN_TLS_DIR },
  };
}
