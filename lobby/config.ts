import type { AgentSettings } from "../runtime/agents.ts";
import {
  chainSettings,
  type Environment,
  readSharedConfig,
  type SharedConfig,
  settingsIn,
  sharedSettings,
} from "../runtime/config.ts";

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
