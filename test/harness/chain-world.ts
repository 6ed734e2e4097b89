import { randomBytes } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { ChainSpec } from "../../crds/generated/chain.ts";
import { until } from "./until.ts";
import type { Live } from "./user.ts";
import { type Running, World } from "./world.ts";

const PORTS_ANNOTATION = "test.pitboss.dev/ports";

/** The collections of everything that a Chain owns, where the kind is always there. */
const CHILD_PATHS: Readonly<Record<string, string>> = {
  Secret: "/api/v1/namespaces/NS/secrets",
  NetworkPolicy: "/apis/networking.k8s.io/v1/namespaces/NS/networkpolicies",
  Service: "/api/v1/namespaces/NS/services",
  StatefulSet: "/apis/apps/v1/namespaces/NS/statefulsets",
  DaemonSet: "/apis/apps/v1/namespaces/NS/daemonsets",
};

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/** A world with a machine for chains, and an agent that says of its chain what a test wants. */
export class ChainWorld {
  readonly world: World;
  readonly machine: string;
  /** What the agents answer at /status; undefined: nothing. */
  status: object | undefined;
  readonly #agent: Server;
  #ended = false;
  #kubelet: Promise<void> = Promise.resolve();

  private constructor(world: World) {
    this.world = world;
    this.machine = `metal-${randomBytes(3).toString("hex")}`;
    this.status = wellStatus();
    this.#agent = createServer((_, response) => {
      if (this.status === undefined) response.writeHead(503).end("{}");
      else response.end(JSON.stringify(this.status));
    });
  }

  static async create(): Promise<ChainWorld> {
    const chains = new ChainWorld(await World.create());
    await chains.world.user.apply(`/api/v1/nodes/${chains.machine}`, {
      apiVersion: "v1",
      kind: "Node",
      metadata: { name: chains.machine, labels: chains.#selector() },
      spec: { taints: [{ key: "pitboss.dev/bare-metal", value: "true", effect: "NoSchedule" }] },
    });
    await new Promise<void>((resolve) => chains.#agent.listen(0, "127.0.0.1", resolve));
    chains.#kubelet = chains.#actAsKubelet();
    return chains;
  }

  /** Starts an operator whose Chains are this world's. */
  start(options: { crashAfter?: ReadonlyMap<string, number> } = {}): Promise<Running> {
    return this.world.start({
      ...options,
      environment: {
        PITBOSS_CHAIN_NAMESPACE: this.world.casino,
        PITBOSS_POD_PORTS_ANNOTATION: PORTS_ANNOTATION,
      },
    });
  }

  name(prefix = "chain"): string {
    return `${prefix}-${randomBytes(4).toString("hex")}`;
  }

  path(name: string): string {
    return `/apis/pitboss.dev/v1alpha1/namespaces/${this.world.casino}/chains/${name}`;
  }

  /** Applies a Chain as a person would. */
  apply(name: string, change: Partial<ChainSpec> = {}): Promise<Live> {
    return this.world.user.apply(this.path(name), {
      apiVersion: "pitboss.dev/v1alpha1",
      kind: "Chain",
      metadata: { name, namespace: this.world.casino },
      spec: {
        ...{ protocol: "ethereum", network: "dev", chainId: "eip155:31337", insecure: true },
        node: { image: "anvil:1", storage: { hostPath: "/srv/pitboss/dev" } },
        finality: { confirmations: 4 },
        placement: { nodeSelector: this.#selector() },
        assets: [{ asset: "eip155:31337/slip44:60", currency: "ETH" }],
        ...change,
      },
    });
  }

  /** The reason of a condition becomes this; answers the condition. */
  async says(name: string, type: string, reason: string, seconds = 20): Promise<Condition> {
    let last: unknown;
    const look = async () => {
      const chain = await this.world.user.get(this.path(name));
      const conditions: Condition[] = chain?.["status"]?.conditions ?? [];
      last = conditions;
      return conditions.find((one) => one.type === type && one.reason === reason);
    };
    try {
      return await until(`${name} says ${type} ${reason}`, look, seconds);
    } catch (cause) {
      const said = JSON.stringify(last);
      throw new Error(`${name} does not say ${type} ${reason} but ${said}`, { cause });
    }
  }

  childPath(kind: string, name: string): string {
    return `${(CHILD_PATHS[kind] ?? "").replace("NS", this.world.casino)}/${name}`;
  }

  /** The live children of a Chain of that kind. */
  children(kind: string, chain: string): Promise<Live[]> {
    const path = (CHILD_PATHS[kind] ?? "").replace("NS", this.world.casino);
    return this.world.user.list(`${path}?labelSelector=pitboss.dev%2Fchain%3D${chain}`);
  }

  /** A Chain and all that it owns, without what differs from one run to another. */
  async snapshot(name: string): Promise<object> {
    const chain = await this.world.user.get(this.path(name));
    const kinds = await Promise.all(
      Object.keys(CHILD_PATHS).map(
        async (kind) => [kind, await this.children(kind, name)] as const,
      ),
    );
    const found = [["Chain", chain ? [chain] : []] as const, ...kinds];
    const plain = found.map(([kind, objects]) => [
      kind,
      objects.map((object) => comparable(kind, object)),
    ]);
    return JSON.parse(JSON.stringify(Object.fromEntries(plain)).replaceAll(name, "NAME"));
  }

  async end(): Promise<void> {
    await this.world.stopAll();
    this.#ended = true;
    await this.#kubelet;
    const chains = `/apis/pitboss.dev/v1alpha1/namespaces/${this.world.casino}/chains`;
    for (const { metadata } of await this.world.user.list(chains)) {
      await this.world.user.merge(this.path(metadata.name), { metadata: { finalizers: [] } });
    }
    await this.world.user.remove(`/api/v1/nodes/${this.machine}`);
    await new Promise((resolve) => this.#agent.close(resolve));
    await this.world.end();
  }

  #selector(): Record<string, string> {
    return { "pitboss.dev/bare-metal": "true", "kubernetes.io/hostname": this.machine };
  }

  // The world says of every pod that it is ready; this says where its agent answers.
  async #actAsKubelet(): Promise<void> {
    const { port } = this.#agent.address() as AddressInfo;
    const path = `/api/v1/namespaces/${this.world.casino}/pods`;
    while (!this.#ended) {
      const selector = "labelSelector=pitboss.dev%2Frole%3Dagent";
      for (const { metadata, status } of await this.world.user.list(`${path}?${selector}`)) {
        if (status?.containerStatuses || metadata.deletionTimestamp) continue;
        const annotations = { [PORTS_ANNOTATION]: JSON.stringify({ operations: port }) };
        const running = { running: { startedAt: new Date().toISOString() } };
        const agent = { name: "agent", ready: true, restartCount: 0, state: running };
        await this.world.user.call(
          "PATCH",
          `${path}/${metadata.name}/status`,
          {
            metadata: { annotations },
            status: { containerStatuses: [{ ...agent, image: "", imageID: "" }] },
          },
          "merge-patch+json",
        );
      }
      await sleep(100);
    }
  }
}

/** A chain that is well. */
export function wellStatus(change: object = {}): object {
  return {
    chainId: "eip155:31337",
    state: "CHAIN_STATE_OK",
    head: { height: "12", hash: "0xaa" },
    finalized: { height: "8", hash: "0xbb" },
    headAgeMs: "2400",
    lag: "0",
    nodes: [{ name: "127.0.0.1:8545", state: "NODE_STATE_OK", message: "" }],
    ...change,
  };
}

function comparable(kind: string, { metadata, spec, data, status }: Live): object {
  const { name, generation, labels, annotations, finalizers, ownerReferences } = metadata;
  const owners = ownerReferences?.map(({ uid: _, ...owner }) => owner);
  // The hash covers the Chain's UID and a Secret's random content; Kubernetes counts generations there.
  const own = Object.entries(annotations ?? {}).filter(
    ([key]) => key !== "pitboss.dev/desired-hash",
  );
  const conditions = status?.conditions?.map(
    ({ lastTransitionTime: _, ...condition }: Record<string, unknown>) => condition,
  );
  return {
    ...{ name, generation, labels, annotations: Object.fromEntries(own), finalizers, owners },
    spec: kind === "Chain" ? undefined : spec,
    data: kind === "Secret" ? Object.keys(data ?? {}).toSorted() : data,
    status: kind === "Chain" ? { ...status, conditions } : undefined,
  };
}
