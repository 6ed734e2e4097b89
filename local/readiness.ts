import { setTimeout as sleep } from "node:timers/promises";
import type { NodeApi } from "./node-agent/api.ts";
import type { Pod } from "./node-agent/kinds.ts";

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** A Game, or another object of ours that says whether it is Ready. */
interface Stated {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly generation: number;
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly conditions?: readonly Condition[];
  };
}

export interface ReadinessOptions {
  readonly api: NodeApi;
  /** The players' base URL. */
  readonly url: string;
  /** When this run began: what was ready in an earlier one does not count. */
  readonly since: Date;
  readonly say: (message: string) => void;
  readonly signal: AbortSignal;
}

/** What is not ready yet, and why. */
interface Waiting {
  readonly what: string;
  readonly why: string;
}

const pollMs = 300;
const partOfPitboss = "labelSelector=app.kubernetes.io%2Fpart-of%3Dpitboss";

/** Waits until the chains are followed and players can play every Game, and tells whenever one waits for something else. */
export async function waitUntilReady(options: ReadinessOptions): Promise<void> {
  const told = new Map<string, string>();
  while (!options.signal.aborted) {
    const waiting = await whatWaits(options);
    for (const { what, why } of waiting) {
      if (told.get(what) !== why) options.say(`${what}: ${why}`);
      told.set(what, why);
    }
    if (waiting.length === 0) return;
    await sleep(pollMs);
  }
}

async function whatWaits({ api, url, since }: ReadinessOptions): Promise<Waiting[]> {
  const group = "/apis/pitboss.dev/v1alpha1";
  const chains = await api.call<{ items: Stated[] }>("GET", `${group}/chains`);
  const games = await api.call<{ items: Stated[] }>("GET", `${group}/games`);
  const jackpots = await api.call<{ items: Stated[] }>("GET", `${group}/jackpots`);
  const waiting = [
    ...chains.items.flatMap((one) => unready("chain", one)),
    ...jackpots.items.flatMap((one) => unready("jackpot", one)),
    ...games.items.flatMap((one) => unready("game", one)),
  ];
  if (waiting.length > 0) return waiting;
  // The statuses may be those of the last run: the pods of this one must be there too.
  const pods = await api.call<{ items: Pod[] }>("GET", `/api/v1/pods?${partOfPitboss}`);
  const starting = pods.items.filter((pod) => !isServing(pod, since));
  if (starting.length > 0) {
    return starting.map(({ metadata }) => ({
      what: `pod ${metadata.namespace}/${metadata.name}`,
      why: "starting",
    }));
  }
  return (await answers(`${url}/games`)) ? [] : [{ what: "lobby", why: "starting" }];
}

function unready(kind: string, { metadata, status }: Stated): Waiting[] {
  const what = `${kind} ${metadata.namespace}/${metadata.name}`;
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  if (ready === undefined || status?.observedGeneration !== metadata.generation) {
    return [{ what, why: "waiting for the operator" }];
  }
  if (ready.status === "True") return [];
  return [{ what, why: `${ready.reason}: ${ready.message}` }];
}

function isServing({ metadata, status }: Pod, since: Date): boolean {
  if (metadata.deletionTimestamp) return true; // It is on its way out.
  if (!status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True")) {
    return false;
  }
  return (status.containerStatuses ?? []).every(
    ({ state }) => state.running !== undefined && new Date(state.running.startedAt) >= since,
  );
}

async function answers(url: string): Promise<boolean> {
  try {
    const { status, body } = await fetch(url);
    await body?.cancel();
    return status === 200;
  } catch {
    return false; // Not yet.
  }
}
