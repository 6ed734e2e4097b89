import { join } from "node:path";
import { type Component, type ControlPlane, startControlPlane } from "../../local/control-plane.ts";
import { resolveControlPlane } from "../../local/resolver/resolve.ts";
import { stopAtTheEnd, testFolder } from "./session.ts";

/** A real API server with etcd and the controller manager, without a scheduler or nodes. */
export interface TestCluster {
  readonly url: string;
  readonly kubeconfig: string;
  readonly adminToken: string;
  readonly caFile: string;
  /** The running process of a component: for tests that stop and continue it. */
  pid(component: Component): number;
  /** Stops the API server in an orderly way, waits, and starts it again on the same port. */
  restartApiServer(pauseMs?: number): Promise<void>;
}

export interface ClusterOptions {
  readonly scheduler?: boolean;
  /** Further users, as `system:node:local` in the group system:nodes. */
  readonly users?: readonly { readonly name: string; readonly groups: readonly string[] }[];
}

let local: Promise<ControlPlane> | undefined;
let cluster: Promise<TestCluster> | undefined;
let count = 0;

/** One cluster for all tests of this mocha process, started when it is first asked for. */
export function testCluster(): Promise<TestCluster> {
  cluster ??= startCluster().then(({ plane }) => forTests(plane));
  return cluster;
}

/** One cluster for the tests of the local platform's parts, which may install kinds and run a node in it. */
export function localCluster(): Promise<ControlPlane> {
  const users = [{ name: "system:node:local", groups: ["system:nodes"] }];
  local ??= startCluster({ users }).then(({ plane }) => plane);
  return local;
}

/** A cluster of its own, for tests that need other components or users; stopped with the rest. */
export async function startCluster(options: ClusterOptions = {}): Promise<{ plane: ControlPlane }> {
  const { path, records } = await testFolder();
  count += 1;
  const plane = await startControlPlane({
    directory: join(path, `control-plane-${count}`),
    binaries: await resolveControlPlane(),
    scheduler: options.scheduler ?? false,
    users: options.users ?? [],
    durable: false,
    records,
  });
  stopAtTheEnd(plane.stop);
  return { plane };
}

function forTests(plane: ControlPlane): TestCluster {
  return {
    url: plane.url,
    kubeconfig: plane.kubeconfig,
    adminToken: plane.adminToken,
    caFile: plane.caFile,
    pid(component) {
      const child = plane.children().get(component);
      if (child === undefined) throw new Error(`${component} does not run`);
      return child.pid;
    },
    async restartApiServer(pauseMs = 0) {
      await plane.stopOne("kube-apiserver");
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      await plane.start("kube-apiserver");
    },
  };
}
