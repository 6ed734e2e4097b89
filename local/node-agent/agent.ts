import { join } from "node:path";
import type { Logger } from "../../operator/kube/logger.ts";
import type { ApiAccess } from "../api-access.ts";
import { Addresses } from "./addresses.ts";
import { NodeApi } from "./api.ts";
import type { ImageTable } from "./images.ts";
import type { Pod } from "./kinds.ts";
import { type LogServer, startLogServer } from "./log-server.ts";
import { metricsAnswer, type NodeUsage, type PodUsage } from "./metrics-api.ts";
import { type NodeOptions, registerNode, renewLease } from "./node.ts";
import { logFileOf, PodRun } from "./pod-run.ts";
import { podStatus } from "./pod-status.ts";
import { keyOf, PodWriter } from "./pod-writer.ts";
import { pause } from "./probe.ts";
import { Sources } from "./sources.ts";
import { UsageSampler } from "./usage.ts";

const HEARTBEAT_MS = 10_000;
const RELIST_MS = 500;
const MEASURE_MS = 2_000;
/** Grace for processes when the node itself stops. */
const NODE_STOP_MS = 20_000;

export interface NodeAgentOptions {
  /** As system:node:<name>. */
  access: ApiAccess;
  node: Omit<NodeOptions, "port">;
  /** The first three numbers of its pods' addresses; no two nodes share a range. */
  podRange?: string;
  directory: string;
  /** What stands for the machine's own folders: a hostPath is a path in it. */
  disk?: string;
  images: ImageTable;
  /** Variables of every container: PATH, and where the API server is. */
  common: Readonly<Record<string, string>>;
  /** Other nodes for which its endpoint answers the metrics API too. */
  peers?: readonly NodeAgent[];
  /** For the log endpoint. */
  certificate: { key: string; cert: string };
  logger: Logger;
}

interface Held {
  pod: Pod;
  run: PodRun;
  podIP: string;
  /** The status that the API has, as text. */
  reported: string;
  reporting: boolean;
  stopping: boolean;
}

/** Runs the containers of the pods that are bound to its node, as processes of this machine. */
export class NodeAgent {
  readonly #options: NodeAgentOptions;
  readonly #api: NodeApi;
  readonly #sources: Sources;
  readonly #writer: PodWriter;
  readonly #addresses: Addresses;
  readonly #pods = new Map<string, Held>();
  readonly #usage = new UsageSampler();
  readonly #end = new AbortController();
  #logs: LogServer | undefined;
  #tasks: Promise<void>[] = [];

  constructor(options: NodeAgentOptions) {
    this.#options = options;
    this.#addresses = new Addresses(options.podRange ?? "10.244.0");
    this.#api = new NodeApi(options.access);
    this.#sources = new Sources(this.#api);
    this.#writer = new PodWriter(this.#api, options.logger, this.#end.signal);
  }

  /** Of its endpoint; 0 before it was started. */
  get port(): number {
    return this.#logs?.port ?? 0;
  }

  /** Answers the port of its endpoint. */
  async start(): Promise<number> {
    const { certificate, directory, node, peers = [] } = this.#options;
    const findLog = (namespace: string, pod: string, container: string) => {
      const known = [...this.#pods.values()].some(
        (held) => held.pod.metadata.namespace === namespace && held.pod.metadata.name === pod,
      );
      return known ? logFileOf(directory, `${namespace}/${pod}`, container) : undefined;
    };
    const metrics = (url: URL) =>
      metricsAnswer(
        url,
        [this, ...peers].map((one) => one.usage()),
      );
    this.#logs = await startLogServer(certificate, findLog, metrics);
    await registerNode(this.#api, { ...node, port: this.#logs.port });
    this.#tasks = [this.#heartbeat(), this.#follow(), this.#measure()];
    return this.#logs.port;
  }

  /** The processes of the node's containers: pod key → container → pid. */
  processes(): Map<string, Map<string, number>> {
    const entries = [...this.#pods.values()].map(
      ({ pod, run }) => [keyOf(pod), run.processes()] as const,
    );
    return new Map(entries);
  }

  /** Stops every process; the pods stay in the API and run again at the next start. */
  async stop(): Promise<void> {
    this.#end.abort();
    await Promise.all(this.#tasks);
    // preStop lets gateways forget a pod; when the node goes, its gateway has gone before.
    await Promise.all([...this.#pods.values()].map(({ run }) => run.stop(NODE_STOP_MS, false)));
    await this.#logs?.stop();
    await this.#api.close();
  }

  async #heartbeat(): Promise<void> {
    while (!this.#end.signal.aborted) {
      await renewLease(this.#api, this.#options.node.name).catch((error: unknown) =>
        this.#options.logger.warn(
          { err: error },
          "the node's heartbeat was not taken; trying again",
        ),
      );
      await pause(HEARTBEAT_MS, this.#end.signal);
    }
  }

  async #measure(): Promise<void> {
    while (!this.#end.signal.aborted) {
      const pids = [...this.processes().values()].flatMap((containers) => [...containers.values()]);
      await this.#usage.sample(pids);
      await pause(MEASURE_MS, this.#end.signal);
    }
  }

  /** What its pods use. */
  usage(): NodeUsage {
    return { name: this.#options.node.name, pods: this.#podUsages() };
  }

  #podUsages(): PodUsage[] {
    return [...this.#pods.values()].flatMap(({ pod, run }) => {
      const { namespace, name, labels = {} } = pod.metadata;
      const containers = [...run.processes()].flatMap(([container, pid]) => {
        const usage = this.#usage.of(pid);
        return usage ? [{ name: container, usage }] : [];
      });
      return containers.length > 0 ? [{ namespace, name, labels, containers }] : [];
    });
  }

  /** Lists and watches the pods of this node, and does so again whenever the watch ends. */
  async #follow(): Promise<void> {
    while (!this.#end.signal.aborted) {
      try {
        await this.#listAndWatch(`fieldSelector=spec.nodeName%3D${this.#options.node.name}`);
      } catch (error) {
        if (this.#end.signal.aborted) return;
        this.#options.logger.warn(
          { err: error },
          "the watch of the node's pods broke; listing again",
        );
      }
      await pause(RELIST_MS, this.#end.signal);
    }
  }

  async #listAndWatch(selector: string): Promise<void> {
    const list = await this.#api.call<{ metadata: { resourceVersion: string }; items: Pod[] }>(
      "GET",
      `/api/v1/pods?${selector}`,
    );
    this.#takeAll(list.items);
    const from = `resourceVersion=${list.metadata.resourceVersion}&timeoutSeconds=300`;
    const path = `/api/v1/pods?watch=true&allowWatchBookmarks=true&${from}&${selector}`;
    for await (const { type, object } of this.#api.watch<Pod>(path, this.#end.signal)) {
      if (type === "ERROR") return;
      if (type === "DELETED") this.#gone(object);
      else if (type !== "BOOKMARK") this.#take(object);
    }
  }

  #takeAll(pods: Pod[]): void {
    const there = new Set(pods.map(({ metadata }) => metadata.uid));
    for (const pod of pods) this.#take(pod);
    for (const { pod } of [...this.#pods.values()])
      if (!there.has(pod.metadata.uid)) this.#gone(pod);
  }

  #take(seen: Pod): void {
    const { uid, deletionTimestamp } = seen.metadata;
    const held = this.#pods.get(uid);
    if (held) held.pod = seen;
    else if (deletionTimestamp) void this.#writer.forget(seen);
    else if (seen.status?.phase !== "Succeeded" && seen.status?.phase !== "Failed")
      this.#begin(seen);
    if (held && deletionTimestamp) void this.#finish(held);
  }

  #begin(pod: Pod): void {
    const { directory, images, common, logger, disk = join(directory, "disk") } = this.#options;
    const podIP = this.#addresses.take();
    const { uid } = pod.metadata;
    const run = new PodRun({
      pod: { apiVersion: "v1", kind: "Pod", metadata: pod.metadata, spec: pod.spec },
      podIP,
      directory,
      disk,
      images,
      sources: this.#sources,
      common,
      logger,
      changed: () => void this.#report(uid),
      notePorts: (ports) => this.#writer.notePorts(pod, ports),
    });
    const state = { reported: "", reporting: false, stopping: false };
    this.#pods.set(uid, { pod, run, podIP, ...state });
    run.start();
    void this.#report(uid);
  }

  /** The pod was deleted without the node being asked first (`--force`). */
  #gone(pod: Pod): void {
    const held = this.#pods.get(pod.metadata.uid);
    if (held) void this.#finish(held, 0);
  }

  async #finish(held: Held, graceMs?: number): Promise<void> {
    if (held.stopping) return;
    held.stopping = true;
    const { metadata, spec } = held.pod;
    const seconds = metadata.deletionGracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30;
    await held.run.stop(graceMs ?? seconds * 1000);
    await this.#writer.forget(held.pod);
    this.#addresses.release(held.podIP);
    this.#pods.delete(metadata.uid);
  }

  /** Writes the pod's status as it is now, again when it has changed meanwhile. */
  async #report(uid: string): Promise<void> {
    const held = this.#pods.get(uid);
    if (!held || held.reporting) return;
    held.reporting = true;
    for (;;) {
      const status = podStatus(held.pod, held.run.observed(), new Date().toISOString());
      const { conditions, ...rest } = status;
      const text = JSON.stringify([
        rest,
        conditions.map(({ lastTransitionTime: _, ...one }) => one),
      ]);
      if (text === held.reported || held.stopping) break;
      const written = await this.#writer.writeStatus(held.pod, status);
      if (!written) break;
      held.pod = written;
      held.reported = text;
    }
    held.reporting = false;
  }
}
