/** The lobby is told what every process that players reach is told, and nothing more. */
export {
  readSharedConfig as readLobbyConfig,
  sharedSettings as lobbySettings,
} from "../runtime/config.ts";
