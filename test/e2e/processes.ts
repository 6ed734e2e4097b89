import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Platform } from "./platform.ts";

/** The pid of a server of the local platform, such as "postgres" or "kube-apiserver". */
export async function pidOf(platform: Platform, name: string): Promise<number> {
  const folder = join(platform.home ?? "", "processes");
  for (const file of await readdir(folder)) {
    const record = JSON.parse(await readFile(join(folder, file), "utf8"));
    if (record.name === name) return record.pid;
  }
  throw new Error(`no process named ${name} is noted in ${folder}`);
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
