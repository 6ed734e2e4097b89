import { type Child, type Exit, startChild } from "../processes/child.ts";
import type { Container, ContainerState, ContainerStatus } from "./kinds.ts";
import { keepAsking, type PortLookup, pause } from "./probe.ts";

const FIRST_BACKOFF_MS = 1_000;
const LONGEST_BACKOFF_MS = 30_000;
/** A container that ran this long has recovered: its next end is its first again. */
const RECOVERED_MS = 120_000;

/** The end of a container that was told to stop, or that restarts no more. */
export interface Ended {
  exitCode: number;
}

export interface ContainerOptions {
  container: Container;
  restart: "Always" | "OnFailure" | "Never";
  argv: [string, ...string[]];
  cwd: string;
  env: Record<string, string>;
  logFile: string;
  records: string;
  portOf: PortLookup;
  /** Called after every change of the status. */
  changed: () => void;
}

/** One container as a process: started, probed, restarted with back-off, and stopped in order. */
export class ContainerRun {
  readonly #options: ContainerOptions;
  readonly #stopping = new AbortController();
  #child: Child | undefined;
  #state: ContainerState = { waiting: { reason: "ContainerCreating" } };
  #lastState: ContainerState | undefined;
  #restarts = 0;
  #started = false;
  #ready = false;
  #deadly = false;
  #finished: Promise<Ended> | undefined;

  constructor(options: ContainerOptions) {
    this.#options = options;
  }

  /** Runs the container until it is stopped or its restart policy ends it. */
  run(): Promise<Ended> {
    this.#finished ??= this.#loop();
    return this.#finished;
  }

  get started(): boolean {
    return this.#started;
  }

  /** The process, for the figures of the metrics API. */
  get pid(): number | undefined {
    return this.#child?.exit() ? undefined : this.#child?.pid;
  }

  status(): ContainerStatus {
    const { name, image } = this.#options.container;
    return {
      name,
      image,
      imageID: image,
      ...(this.#child ? { containerID: `process://${this.#child.pid}` } : {}),
      ready: this.#ready,
      started: this.#started,
      restartCount: this.#restarts,
      state: this.#state,
      ...(this.#lastState ? { lastState: this.#lastState } : {}),
    };
  }

  /** preStop unless told otherwise, SIGTERM, and SIGKILL to the whole group when the grace time is over. */
  async stop(graceMs: number, withPreStop = true): Promise<void> {
    const begun = performance.now();
    const { lifecycle } = this.#options.container;
    const preStop = withPreStop ? (lifecycle?.preStop?.sleep?.seconds ?? 0) * 1000 : 0;
    if (this.pid !== undefined) await pause(Math.min(preStop, graceMs), this.#deadSignal());
    this.#stopping.abort();
    await this.#child?.stop(Math.max(graceMs - (performance.now() - begun), 100));
    await this.#finished;
  }

  async #loop(): Promise<Ended> {
    const { restart } = this.#options;
    let backoffMs = 0;
    for (;;) {
      const begun = performance.now();
      const exit = await this.#once();
      const exitCode = exit.code ?? 128 + 9;
      const stopped = this.#stopping.signal.aborted;
      const again = restart === "Always" || (restart === "OnFailure" && exitCode !== 0);
      if (stopped || !again) return { exitCode };
      const recovered = performance.now() - begun > RECOVERED_MS;
      // The first restart is at once, as a kubelet's.
      if (this.#restarts > 0 && !recovered) await this.#backOff(backoffMs);
      if (this.#stopping.signal.aborted) return { exitCode };
      backoffMs = recovered ? 0 : Math.min(backoffMs * 2 || FIRST_BACKOFF_MS, LONGEST_BACKOFF_MS);
      this.#restarts += 1;
    }
  }

  async #backOff(ms: number): Promise<void> {
    const message = `back-off ${ms / 1000}s restarting failed container ${this.#options.container.name}`;
    this.#set({ waiting: { reason: "CrashLoopBackOff", message } });
    await pause(ms, this.#stopping.signal);
  }

  async #once(): Promise<Exit> {
    const { container, argv, cwd, env, logFile, records, changed } = this.#options;
    const [command, ...args] = argv;
    const child = await startChild({
      name: container.name,
      command,
      args,
      cwd,
      env,
      logFile,
      records,
    });
    this.#child = child;
    this.#deadly = false;
    const startedAt = new Date().toISOString();
    const ended = new AbortController();
    this.#started = container.startupProbe === undefined;
    this.#ready = this.#started && container.readinessProbe === undefined;
    this.#set({ running: { startedAt } });
    const probing = this.#probe(ended.signal);
    if (this.#stopping.signal.aborted) void child.stop(100);
    const exit = await child.exited;
    ended.abort();
    await probing;
    this.#started = false;
    this.#ready = false;
    this.#lastState = { terminated: this.#terminated(exit, startedAt) };
    this.#set(this.#lastState);
    changed();
    return exit;
  }

  async #probe(signal: AbortSignal): Promise<void> {
    const { container, portOf } = this.#options;
    const { startupProbe, readinessProbe, livenessProbe } = container;
    if (startupProbe) await this.#untilStarted(signal);
    const tasks: Promise<void>[] = [];
    if (readinessProbe) {
      const tell = (verdict: string) => this.#setReady(verdict === "success");
      const eager = { ...readinessProbe, eager: true };
      tasks.push(keepAsking(eager, portOf, signal, tell));
    } else this.#setReady(!signal.aborted);
    if (livenessProbe) {
      const tell = (verdict: string) => verdict === "failure" && this.#killUnhealthy();
      tasks.push(keepAsking(livenessProbe, portOf, signal, tell));
    }
    await Promise.all(tasks);
  }

  async #untilStarted(signal: AbortSignal): Promise<void> {
    const { container, portOf } = this.#options;
    const done = new AbortController();
    const either = AbortSignal.any([signal, done.signal]);
    await keepAsking(container.startupProbe ?? {}, portOf, either, (verdict) => {
      if (verdict === "success") done.abort();
      else this.#killUnhealthy();
    });
    if (signal.aborted) return;
    this.#started = true;
    this.#options.changed();
  }

  #killUnhealthy(): void {
    if (this.#deadly) return;
    this.#deadly = true;
    void this.#child?.stop(10_000);
  }

  #setReady(ready: boolean): void {
    if (ready === this.#ready) return;
    this.#ready = ready;
    this.#options.changed();
  }

  #set(state: ContainerState): void {
    this.#state = state;
    this.#options.changed();
  }

  #terminated({ code, signal }: Exit, startedAt: string) {
    const exitCode = code ?? 128 + (signal === "SIGTERM" ? 15 : 9);
    return {
      exitCode,
      reason: exitCode === 0 ? "Completed" : "Error",
      startedAt,
      finishedAt: new Date().toISOString(),
    };
  }

  /** Aborts when the process has ended by itself. */
  #deadSignal(): AbortSignal {
    const dead = new AbortController();
    void this.#child?.exited.then(() => dead.abort());
    return dead.signal;
  }
}
