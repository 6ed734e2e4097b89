import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import type { ApiAccess } from "../api-access.ts";
import { type Child, endedError } from "../processes/child.ts";

const readyMs = 120_000;

/** The status of a GET to the API server; 0 while it takes no connection. */
export async function apiStatus(access: ApiAccess, path: string): Promise<number> {
  let ca: string;
  try {
    ca = readFileSync(access.caFile, "utf8");
  } catch {
    return 0; // The API server has not made its certificate yet.
  }
  const agent = new Agent({ ca, keepAlive: false });
  const headers = { authorization: `Bearer ${access.token}` };
  return new Promise((resolve) => {
    const call = request(`${access.url}${path}`, { agent, headers, timeout: 5_000 }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    call.on("timeout", () => call.destroy());
    call.on("error", () => resolve(0));
    call.end();
  });
}

/** Waits until a path of the API server answers 200; throws at once when the child ends. */
export async function waitForApi(access: ApiAccess, path: string, child: Child): Promise<void> {
  const deadline = Date.now() + readyMs;
  while ((await apiStatus(access, path)) !== 200) {
    if (child.exit() !== undefined) throw await endedError(child, "while it was starting");
    if (Date.now() > deadline) {
      throw new Error(
        `the Kubernetes API did not answer ${path} in ${readyMs / 1000} s; see ${child.logFile}`,
      );
    }
    await sleep(50);
  }
}
