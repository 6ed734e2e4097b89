import { setTimeout as sleep } from "node:timers/promises";
import { runningPid } from "./home.ts";
import { signalProcess } from "./processes/signals.ts";
import { readSettings } from "./settings.ts";

const patienceMs = 120_000;

// `npm run stop`: ends the platform that runs with this PITBOSS_HOME, and waits until it is gone.
const { home } = readSettings([], process.env);
const pid = runningPid(home);
if (pid === undefined) {
  console.error(`Pitboss does not run with the state folder ${home}`);
} else {
  signalProcess(pid, "SIGTERM");
  const deadline = Date.now() + patienceMs;
  while (runningPid(home) === pid && Date.now() < deadline) await sleep(100);
  const gone = runningPid(home) !== pid;
  console.error(
    gone ? "Pitboss has stopped" : `Pitboss (pid ${pid}) did not stop in ${patienceMs / 1000} s`,
  );
  process.exitCode = gone ? 0 : 1;
}
