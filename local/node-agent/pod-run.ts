import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "../../operator/kube/logger.ts";
import { freePort, releasePort } from "../ports.ts";
import { ContainerRun } from "./container-run.ts";
import { environmentOf, expand } from "./environment.ts";
import { argvOf, type Image, type ImageTable } from "./images.ts";
import type { Container, ContainerStatus, Pod } from "./kinds.ts";
import type { Observed } from "./pod-status.ts";
import type { Sources } from "./sources.ts";
import { fillVolumes, removeVolumes } from "./volumes.ts";

const RETRY_MS = 1_000;
const SHORT_RETRY_MS = 200;
const QUIET_TRIES = 10;
const REFRESH_MS = 20_000;

export interface PodOptions {
  pod: Pod;
  podIP: string;
  /** Folder of the node: pods' volumes, logs and records of processes. */
  directory: string;
  /** What stands for the machine's own folders. */
  disk: string;
  images: ImageTable;
  sources: Sources;
  common: Readonly<Record<string, string>>;
  logger: Logger;
  changed: () => void;
  /** Tells the API which ports the pod got, before any of its processes runs. */
  notePorts: (ports: Record<string, number>) => Promise<void>;
}

/** Where the log of a container is. */
export function logFileOf(directory: string, pod: string, container: string): string {
  return join(directory, "logs", `${pod.replace("/", "_")}_${container}.log`);
}

/** A pod on this node, from its volumes to the end of its last process. */
export class PodRun {
  readonly #options: PodOptions;
  readonly #volumes: string;
  #folders: ReadonlyMap<string, string> = new Map();
  readonly #startTime = new Date().toISOString();
  readonly #runs = new Map<string, ContainerRun>();
  readonly #waiting = new Map<string, { reason: string; message: string }>();
  readonly #ports: Record<string, number> = {};
  readonly #stopping = new AbortController();
  #initialized = false;
  #life: Promise<void> | undefined;

  constructor(options: PodOptions) {
    this.#options = options;
    this.#volumes = join(options.directory, "pods", options.pod.metadata.uid);
  }

  start(): void {
    this.#life ??= this.#live().catch((error: unknown) => {
      this.#options.logger.error({ err: error }, `pod ${this.#name} ended in a fault of the node`);
    });
  }

  observed(): Observed {
    const { spec } = this.#options.pod;
    return {
      podIP: this.#options.podIP,
      startTime: this.#startTime,
      initialized: this.#initialized,
      init: (spec.initContainers ?? []).map((one) => this.#statusOf(one)),
      containers: spec.containers.map((one) => this.#statusOf(one)),
    };
  }

  /** The process of each container that runs. */
  processes(): Map<string, number> {
    const running = [...this.#runs].flatMap(([name, { pid }]) =>
      pid ? [[name, pid] as const] : [],
    );
    return new Map(running);
  }

  /** Stops the containers together, the sidecars after them, and removes what the pod had. */
  async stop(graceMs: number, withPreStop = true): Promise<void> {
    this.#stopping.abort();
    const { containers, initContainers = [] } = this.#options.pod.spec;
    const end = performance.now() + graceMs;
    // What the containers leave of the grace time is the sidecars'.
    const left = () => Math.max(end - performance.now(), 0);
    const stopAll = (list: Container[]) =>
      Promise.all(list.map(({ name }) => this.#runs.get(name)?.stop(left(), withPreStop)));
    await stopAll(containers);
    for (const sidecar of initContainers.toReversed()) await stopAll([sidecar]);
    await this.#life;
    for (const port of Object.values(this.#ports)) releasePort(port);
    await removeVolumes(this.#volumes);
  }

  get #name(): string {
    const { namespace, name } = this.#options.pod.metadata;
    return `${namespace}/${name}`;
  }

  async #live(): Promise<void> {
    const { spec } = this.#options.pod;
    await this.#untilDone(spec.containers, async () => this.#refresh());
    await this.#untilDone(spec.containers, async () => this.#choosePorts());
    const refreshing = this.#keepFresh();
    for (const container of spec.initContainers ?? []) {
      if (!(await this.#initialize(container))) return;
    }
    this.#initialized = true;
    this.#options.changed();
    const policy = spec.restartPolicy ?? "Always";
    await Promise.all(
      spec.containers.map((one) => this.#create(one, policy).then((run) => run?.run())),
    );
    await refreshing;
  }

  /** Runs an init container to its end, or a sidecar until it has started. False: the pod goes no further. */
  async #initialize(container: Container): Promise<boolean> {
    const sidecar = container.restartPolicy === "Always";
    const policy = this.#options.pod.spec.restartPolicy === "Never" ? "Never" : "OnFailure";
    const run = await this.#create(container, sidecar ? "Always" : policy);
    if (!run) return false;
    const ended = run.run();
    if (!sidecar) return (await ended).exitCode === 0 && !this.#stopping.signal.aborted;
    while (!run.started && !this.#stopping.signal.aborted) await sleep(50);
    return !this.#stopping.signal.aborted;
  }

  /** Makes a container's run, trying until all that it needs is there; undefined where the pod stops first. */
  async #create(
    container: Container,
    restart: "Always" | "OnFailure" | "Never",
  ): Promise<ContainerRun | undefined> {
    let run: ContainerRun | undefined;
    await this.#untilDone([container], async () => {
      run = await this.#make(container, restart);
    });
    if (run) this.#runs.set(container.name, run);
    return run;
  }

  async #make(container: Container, restart: "Always" | "OnFailure" | "Never") {
    const { pod, podIP, directory, images, sources, common, changed } = this.#options;
    const image = images[container.image];
    if (!image) throw new NoImage(`the local node has no image "${container.image}"`);
    const argv = argvOf(image, container.command, container.args);
    if (!argv) throw new Error(`the image has no program ${container.command?.[0] ?? "(none)"}`);
    const volumes = this.#folders;
    const around = { podIP, sources, volumes, ports: this.#ports, common: envOf(image, common) };
    const env = await environmentOf(pod, container, around);
    const [program, ...args] = argv;
    return new ContainerRun({
      container,
      restart,
      argv: [program, ...args.map((one) => expand(one, env))],
      cwd: image.cwd,
      env,
      logFile: logFileOf(directory, this.#name, container.name),
      records: join(directory, "processes"),
      portOf: (port) => this.#portOf(container, port),
      changed,
    });
  }

  /** Tries a step until it succeeds or the pod is stopped; the status says what it waits for. */
  async #untilDone(containers: Container[], step: () => Promise<void>): Promise<void> {
    for (let tries = 1; !this.#stopping.signal.aborted; tries++) {
      try {
        await step();
        for (const { name } of containers) this.#waiting.delete(name);
        return;
      } catch (error) {
        // The API server lets a node read what a pod needs a moment after the pod was bound.
        if (tries >= QUIET_TRIES || error instanceof NoImage)
          this.#wait(containers, error as Error);
      }
      await sleep(tries < QUIET_TRIES ? SHORT_RETRY_MS : RETRY_MS);
    }
  }

  #wait(containers: Container[], error: Error): void {
    const { message } = error;
    const reason = error instanceof NoImage ? "ErrImagePull" : "CreateContainerConfigError";
    for (const { name } of containers) this.#waiting.set(name, { reason, message });
    this.#options.changed();
  }

  async #refresh(): Promise<void> {
    const { pod, podIP, sources, disk } = this.#options;
    this.#folders = await fillVolumes(pod, { directory: this.#volumes, disk }, podIP, sources);
  }

  /** A changed Secret or ConfigMap reaches the process, and tokens stay young. */
  async #keepFresh(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await sleep(REFRESH_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      await this.#refresh().catch((error: unknown) =>
        this.#options.logger.warn({ err: error }, `while refreshing the volumes of ${this.#name}`),
      );
    }
  }

  async #choosePorts(): Promise<void> {
    const { containers, initContainers = [] } = this.#options.pod.spec;
    const named = [...initContainers, ...containers].flatMap(({ ports = [] }) => ports);
    for (const { name } of named) {
      if (name && this.#ports[name] === undefined) this.#ports[name] = await freePort();
    }
    if (named.length > 0) await this.#options.notePorts(this.#ports);
  }

  #portOf(container: Container, port: number | string): number | undefined {
    const declared = container.ports?.find(
      ({ name, containerPort }) => name === port || containerPort === port,
    );
    return this.#ports[declared?.name ?? ""];
  }

  #statusOf({ name, image }: Container): ContainerStatus {
    const run = this.#runs.get(name);
    if (run) return run.status();
    const waiting = this.#waiting.get(name) ?? { reason: "PodInitializing" };
    const nothing = { imageID: "", ready: false, started: false, restartCount: 0 };
    return { name, image, ...nothing, state: { waiting } };
  }
}

class NoImage extends Error {
  override readonly name = "NoImage";
}

function envOf(
  image: Image,
  common: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return { ...common, ...image.env };
}
