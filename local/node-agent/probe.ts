import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Probe } from "./kinds.ts";

/** Turns a probe's port, a name or a number, into the port on 127.0.0.1. */
export type PortLookup = (port: number | string) => number | undefined;

export type Verdict = "success" | "failure";

const EAGER_MS = 250;

/** Asks once. */
export async function askOnce(probe: Probe, portOf: PortLookup): Promise<Verdict> {
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
  const port = portOf(probe.httpGet?.port ?? probe.tcpSocket?.port ?? 0);
  if (port === undefined) return "failure";
  const good = probe.httpGet
    ? await httpGet(port, probe.httpGet.path ?? "/", timeoutMs)
    : await tcpConnect(port, timeoutMs);
  return good ? "success" : "failure";
}

async function httpGet(port: number, path: string, timeoutMs: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      signal: AbortSignal.timeout(timeoutMs),
      redirect: "manual",
    });
    await answer.arrayBuffer();
    return answer.status >= 200 && answer.status < 400;
  } catch {
    return false; // No answer is the answer "no".
  }
}

async function tcpConnect(port: number, timeoutMs: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, timeout: timeoutMs });
    const end = (good: boolean) => {
      socket.destroy();
      resolve(good);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
    socket.once("timeout", () => end(false));
  });
}

/**
 * Probes again and again until the signal ends it, and tells each change of the verdict once its
 * threshold is reached. An eager probe does not wait for its period before its first success.
 */
export async function keepAsking(
  probe: Probe & { eager?: boolean },
  portOf: PortLookup,
  signal: AbortSignal,
  tell: (verdict: Verdict) => void,
): Promise<void> {
  const periodMs = (probe.periodSeconds ?? 10) * 1000;
  const eagerMs = probe.eager ? Math.min(periodMs, EAGER_MS) : periodMs;
  let told: Verdict | undefined;
  let last: Verdict | undefined;
  let times = 0;
  await pause((probe.initialDelaySeconds ?? 0) * 1000, signal);
  while (!signal.aborted) {
    const verdict = await askOnce(probe, portOf);
    if (signal.aborted) return;
    times = verdict === last ? times + 1 : 1;
    last = verdict;
    if (verdict !== told && times >= timesNeeded(probe, verdict)) {
      told = verdict;
      tell(verdict);
    }
    await pause(told === "success" ? periodMs : eagerMs, signal);
  }
}

function timesNeeded({ successThreshold, failureThreshold }: Probe, verdict: Verdict): number {
  return verdict === "success" ? (successThreshold ?? 1) : (failureThreshold ?? 3);
}

/** Sleeps until the time is over or the signal comes, whichever is first. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0) return;
  await sleep(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
