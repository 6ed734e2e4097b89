import type { Chain } from "../../crds/generated/chain.ts";
import type { Informer } from "../kube/informer.ts";
import type { Logger } from "../kube/logger.ts";
import { BY_CHAIN, type LivePod, podAddress, runsAgent } from "./live.ts";
import { type AgentReport, readReport } from "./report-of-agent.ts";
import { AGENT_PORTS } from "./resources/agent.ts";

/** How often agents are asked. */
const EVERY_MS = 1_000;
const TIMEOUT_MS = 3_000;
/** Figures that change with every block are told again after so long. */
export const FIGURES_MS = 60_000;

export interface AgentReportsOptions {
  readonly chains: Pick<Informer<Chain>, "list">;
  readonly pods: Pick<Informer<LivePod>, "byIndex">;
  readonly podPortsAnnotation: string;
  readonly logger: Logger;
  /** Something else than a figure is new, or the figures are due. */
  readonly onNews: (key: string) => void;
  readonly everyMs?: number;
  readonly now?: () => number;
}

/** What an agent answered last; undefined where it did not. */
export type Answers = ReadonlyMap<string, AgentReport | undefined>;

/**
 * Asks every agent again and again how its chain is. What matters for conditions is told at once; heights
 * and ages, which change all the time, once a minute.
 */
export class AgentReports {
  readonly #options: AgentReportsOptions;
  readonly #now: () => number;
  readonly #answers = new Map<string, Answers>();
  readonly #told = new Map<string, { gist: string; at: number }>();
  readonly #due = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #asking: Promise<void> | undefined;
  #stopped = false;

  constructor(options: AgentReportsOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** The answers of a Chain's agents by pod; empty before the first round. */
  of(key: string): Answers {
    return this.#answers.get(key) ?? new Map();
  }

  /** Whether the figures are to be told again; true once for each time that they are due. */
  figuresDue(key: string): boolean {
    return this.#due.delete(key);
  }

  start(): void {
    this.#asking = this.ask()
      .catch((error: unknown) =>
        this.#options.logger.error({ err: error }, "while asking the chains' agents"),
      )
      .finally(() => {
        if (this.#stopped) return;
        this.#timer = setTimeout(() => this.start(), this.#options.everyMs ?? EVERY_MS).unref();
      });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#asking;
  }

  /** Asks every agent of every Chain once. */
  async ask(): Promise<void> {
    const keys = this.#options.chains
      .list()
      .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
    for (const key of this.#answers.keys()) {
      if (keys.includes(key)) continue;
      this.#answers.delete(key);
      this.#told.delete(key);
    }
    await Promise.all(keys.map((key) => this.#askChain(key)));
  }

  async #askChain(key: string): Promise<void> {
    const agents = this.#options.pods.byIndex(BY_CHAIN, key).filter(runsAgent);
    const answers = await Promise.all(
      agents.map(async (pod) => [pod.metadata.name, await this.#askPod(pod)] as const),
    );
    this.#answers.set(key, new Map(answers));
    const gist = gistOf(answers);
    const told = this.#told.get(key);
    const at = this.#now();
    if (told?.gist === gist && at - told.at < FIGURES_MS) return;
    if (!told || at - told.at >= FIGURES_MS) this.#due.add(key);
    const figuresAt = this.#due.has(key) || !told ? at : told.at;
    this.#told.set(key, { gist, at: figuresAt });
    this.#options.onNews(key);
  }

  async #askPod(pod: LivePod): Promise<AgentReport | undefined> {
    const port = { name: "operations", number: AGENT_PORTS.operations };
    const address = podAddress(pod, port, this.#options.podPortsAnnotation);
    if (!address) return undefined;
    try {
      const answer = await fetch(`http://${address}/status`, {
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const body: unknown = await answer.json();
      return answer.ok ? readReport(body) : undefined;
    } catch {
      return undefined; // No answer says enough: the agent runs and does not answer.
    }
  }
}

/** Everything that a condition depends on, without the figures. */
function gistOf(answers: readonly (readonly [string, AgentReport | undefined])[]): string {
  const gists = answers.map(([pod, report]) => [
    pod,
    report && [
      report.state,
      report.violation,
      report.head === undefined,
      report.finalized === undefined,
      report.nodes.map(({ name, state, message }) => [name, state, message]),
    ],
  ]);
  return JSON.stringify(gists.toSorted());
}
