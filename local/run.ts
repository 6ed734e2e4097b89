import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { errorText } from "./error-text.ts";
import { endLeftovers, type Home, openHome } from "./home.ts";
import { nodes } from "./nodes.ts";
import { removeOldLogs } from "./old-logs.ts";
import { type Addresses, LocalPlatform } from "./platform.ts";
import { freePort, isFree } from "./ports.ts";
import { noteRunning } from "./running-record.ts";
import { type Settings, SettingsError } from "./settings.ts";
import { supervise } from "./supervise.ts";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** How long a step that was under way when the signal came may still take. */
const lastStepMs = 3_000;
/** One signal comes several times: to the process group, and passed on by npm and by the bootstrap. */
const sameSignalMs = 1_000;

/** Runs the platform until it is told to stop. Answers the exit status. */
export async function run(settings: Settings): Promise<number> {
  const home = openHome(settings.home);
  const forget = noteRunning();
  for (const { folder } of nodes) removeOldLogs(home.at(folder, "logs"));
  const began = Date.now();
  const say = (message: string) =>
    console.error(`${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s  ${message}`);
  try {
    const port = await playersPort(settings.port);
    for (const { name, pid } of await endLeftovers(home)) {
      say(`ended ${name} (pid ${pid}), which a run that crashed had left`);
    }
    return await runIn(home, settings, port, say);
  } finally {
    forget();
    home.release();
  }
}

async function playersPort(wanted: number): Promise<number> {
  if (wanted === 0) return freePort();
  if (await isFree(wanted)) return wanted;
  throw new SettingsError(
    `port ${wanted} is taken by another program; set PORT to a free one (PORT=0 finds one)`,
  );
}

async function runIn(
  home: Home,
  settings: Settings,
  port: number,
  say: (message: string) => void,
): Promise<number> {
  const end = new AbortController();
  const { signal } = end;
  let problem: unknown;
  const fail = (error: unknown) => {
    // What fails while we stop fails because we stop.
    if (signal.aborted) return;
    problem = error;
    end.abort();
  };
  const deaf = listenForSignals(home, end, say);
  // The node's pods and the gateway live in this process: a fault in it must not leave them behind.
  process.on("uncaughtException", fail);
  const platform = new LocalPlatform({ home, settings, port, say, signal });
  const life = live(platform, home, say, signal, fail).catch(fail);
  if (!signal.aborted) await once(signal, "abort");
  say("stopping");
  await platform.stop();
  // What was just being started when the signal came is known only by its record.
  await endLeftovers(home);
  await Promise.race([life, sleep(lastStepMs)]);
  await endLeftovers(home);
  deaf();
  process.off("uncaughtException", fail);
  if (problem === undefined) return 0;
  console.error(`pitboss: ${errorText(problem)}`);
  return 1;
}

async function live(
  platform: LocalPlatform,
  home: Home,
  say: (message: string) => void,
  signal: AbortSignal,
  giveUp: (error: unknown) => void,
): Promise<void> {
  const addresses = await platform.start();
  if (signal.aborted) return;
  supervise({ components: platform.components(), say, holds: home.at("hold"), signal, giveUp });
  announce(addresses);
  await platform.ready();
  if (!signal.aborted) console.log("ready");
}

function announce(addresses: Addresses): void {
  for (const name of ["api", "lobby", "kubeconfig", "database"] as const) {
    console.log(`${name} ${addresses[name]}`);
  }
}

/** The first signal stops in order; a second one at once. The answer ends the listening. */
function listenForSignals(
  home: Home,
  end: AbortController,
  say: (message: string) => void,
): () => void {
  let asked = 0;
  const onSignal = (signal: NodeJS.Signals) => {
    if (!end.signal.aborted) {
      asked = Date.now();
      end.abort();
      return;
    }
    if (Date.now() - asked < sameSignalMs) return;
    say(`${signal} again: killing everything`);
    void endLeftovers(home, 0).finally(() => {
      home.release();
      process.exit(1);
    });
  };
  for (const signal of signals) process.on(signal, onSignal);
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
}
