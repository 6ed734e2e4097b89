import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Platform } from "./platform.ts";

/** The pid of a server of the local platform, such as "postgres" or "kube-apiserver". */
async function pidOf(platform: Platform, name: string): Promise<number> {
  const folder = join(platform.home ?? "", "processes");
  for (const file of await readdir(folder)) {
    const record = JSON.parse(await readFile(join(folder, file), "utf8"));
    if (record.name === name) return record.pid;
  }
  throw new Error(`no process named ${name} is noted in ${folder}`);
}

/** Stops a server of the local platform and keeps it down; the answer lets it start again. */
export async function stopServer(platform: Platform, name: string): Promise<() => Promise<void>> {
  const hold = join(platform.home ?? "", "hold");
  await mkdir(hold, { recursive: true });
  await writeFile(join(hold, name), "");
  // Fast shutdown for PostgreSQL, an orderly one for the others.
  process.kill(await pidOf(platform, name), name === "postgres" ? "SIGINT" : "SIGTERM");
  return () => rm(join(hold, name));
}

interface PodStatus {
  containerStatuses?: { containerID?: string }[];
}

/** The pids of the local processes of a game's pods. */
export async function podPids(platform: Platform, selector: string, namespace = "casino") {
  const pods = await platform.kubectl.list("pods", namespace, selector);
  return pods.flatMap((pod) => {
    const statuses = (pod.status as unknown as PodStatus | undefined)?.containerStatuses ?? [];
    return statuses.flatMap(({ containerID }) =>
      containerID ? [Number(containerID.replace("process://", ""))] : [],
    );
  });
}
