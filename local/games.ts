import { setTimeout as sleep } from "node:timers/promises";
import type { NodeApi } from "./node-agent/api.ts";

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

interface Game {
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

const pollMs = 300;

/** Waits until every Game is Ready, and tells whenever one waits for something else. */
export async function waitForGames(
  api: NodeApi,
  say: (message: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const told = new Map<string, string>();
  while (!signal.aborted) {
    const waiting = (await listGames(api)).flatMap(unready);
    for (const { game, why } of waiting) {
      if (told.get(game) !== why) say(`game ${game}: ${why}`);
      told.set(game, why);
    }
    if (waiting.length === 0) return;
    await sleep(pollMs);
  }
}

async function listGames(api: NodeApi): Promise<Game[]> {
  try {
    return (await api.call<{ items: Game[] }>("GET", "/apis/pitboss.dev/v1alpha1/games")).items;
  } catch (error) {
    throw new Error("while asking the API server for the Games", { cause: error });
  }
}

function unready({ metadata, status }: Game): { game: string; why: string }[] {
  const game = `${metadata.namespace}/${metadata.name}`;
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  if (ready === undefined || status?.observedGeneration !== metadata.generation) {
    return [{ game, why: "waiting for the operator" }];
  }
  if (ready.status === "True") return [];
  return [{ game, why: `${ready.reason}: ${ready.message}` }];
}
