import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { ApiAccess } from "./api-access.ts";
import { waitForApi } from "./control-plane/api-ready.ts";
import {
  adminUser,
  controllerManagerUser,
  makeCredentials,
  schedulerUser,
  type User,
} from "./control-plane/credentials.ts";
import {
  apiServerFlags,
  controllerManagerFlags,
  etcdFlags,
  host,
  type Ports,
  schedulerFlags,
} from "./control-plane/flags.ts";
import { writeKubeconfig } from "./control-plane/kubeconfig.ts";
import { freePort } from "./ports.ts";
import { type Child, startChild } from "./processes/child.ts";

/** Paths of the programs. */
export interface ControlPlaneBinaries {
  readonly etcd: string;
  readonly "kube-apiserver": string;
  readonly "kube-controller-manager": string;
  readonly "kube-scheduler": string;
}

export interface ControlPlaneOptions {
  /** Where etcd's data and the credentials are kept between runs. */
  readonly directory: string;
  readonly binaries: ControlPlaneBinaries;
  /** The API server's port; a free one where none is given. */
  readonly port?: number | undefined;
  /** Users beside the administrator, each of which gets a token. */
  readonly users?: readonly User[];
  /** Default true. */
  readonly scheduler?: boolean;
  /** False answers as soon as the API server does: the controllers follow in a second or two. Default true. */
  readonly awaitControllers?: boolean;
  /** False gives up etcd's fsync for speed: for tests. Default true. */
  readonly durable?: boolean;
  /** Folder in which the processes are noted while they run. */
  readonly records?: string | undefined;
}

export type Component = keyof ControlPlaneBinaries;

export interface ControlPlane {
  readonly url: string;
  readonly port: number;
  readonly kubeconfig: string;
  readonly caFile: string;
  readonly keyFile: string;
  readonly adminToken: string;
  /** How one of its users, the administrator where none is named, reaches it. */
  access(user?: string): ApiAccess;
  /** The running processes; a component that was restarted has a new one. */
  children(): ReadonlyMap<Component, Child>;
  /** Starts a component that has ended. */
  start(component: Component): Promise<void>;
  /** Stops one component, etcd excepted by nothing but good sense. */
  stopOne(component: Component): Promise<void>;
  stop(): Promise<void>;
}

const stopMs = 20_000;
const stopOrder: readonly Component[] = [
  "kube-scheduler",
  "kube-controller-manager",
  "kube-apiserver",
  "etcd",
];

/** Starts a Kubernetes control plane over the directory; it answers when this resolves. */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { directory, binaries, records } = options;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const credentials = makeCredentials(join(directory, "credentials"), options.users ?? []);
  const ports: Ports = {
    api: options.port ?? (await freePort()),
    etcd: await freePort(),
    etcdPeers: await freePort(),
  };
  const access: ApiAccess = {
    url: `https://${host}:${ports.api}`,
    caFile: credentials.caFile,
    token: credentials.token(adminUser),
  };
  const kubeconfig = (name: string, user: string) =>
    writeKubeconfig(join(directory, `${name}.kubeconfig`), {
      ...access,
      user,
      token: credentials.token(user),
    });
  const flags: Record<Component, () => string[]> = {
    etcd: () => etcdFlags(join(directory, "etcd"), ports, options.durable ?? true),
    "kube-apiserver": () => apiServerFlags(credentials, ports),
    "kube-controller-manager": () =>
      controllerManagerFlags(kubeconfig("controller-manager", controllerManagerUser), credentials),
    "kube-scheduler": () => schedulerFlags(kubeconfig("scheduler", schedulerUser)),
  };
  const children = new Map<Component, Child>();

  async function start(name: Component): Promise<void> {
    const child = await startChild({
      name,
      command: binaries[name],
      args: flags[name](),
      logFile: join(directory, `${name}.log`),
      records,
      // Nothing is lost: all state is etcd's, which writes ahead. In order they would wait for each other.
      endSignal: "SIGKILL",
    });
    children.set(name, child);
    if (name === "kube-apiserver") await waitForApi(access, "/readyz", child);
  }

  async function stopOne(name: Component): Promise<void> {
    await children.get(name)?.stop(stopMs);
    children.delete(name);
  }

  async function stop(): Promise<void> {
    for (const name of stopOrder) await stopOne(name);
  }

  const plane: ControlPlane = {
    url: access.url,
    port: ports.api,
    kubeconfig: kubeconfig("admin", adminUser),
    caFile: credentials.caFile,
    keyFile: credentials.keyFile,
    adminToken: access.token,
    access: (user = adminUser) => ({ ...access, token: credentials.token(user) }),
    children: () => children,
    start,
    stopOne,
    stop,
  };
  try {
    await start("etcd");
    await start("kube-apiserver");
    await start("kube-controller-manager");
    if (options.scheduler ?? true) await start("kube-scheduler");
    if (options.awaitControllers ?? true) await waitForControllers(access, children);
  } catch (error) {
    await stop();
    throw error;
  }
  return plane;
}

/** The controller manager has no port to ask; it works once it has made the first ServiceAccount. */
async function waitForControllers(
  access: ApiAccess,
  children: ReadonlyMap<Component, Child>,
): Promise<void> {
  const child = children.get("kube-controller-manager");
  if (child === undefined) return;
  await waitForApi(access, "/api/v1/namespaces/default/serviceaccounts/default", child);
}
