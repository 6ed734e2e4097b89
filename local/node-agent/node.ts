import { cpus, totalmem } from "node:os";
import { ApiRefusal, type NodeApi } from "./api.ts";

const LEASE_SECONDS = 40;

export interface NodeOptions {
  name: string;
  /** The port of the log endpoint. */
  port: number;
  labels?: Readonly<Record<string, string>>;
  taints?: readonly { key: string; value?: string; effect: string }[];
}

/** Makes the Node object, or takes the one of an earlier run, and says that it is ready. */
export async function registerNode(api: NodeApi, options: NodeOptions): Promise<void> {
  const { name, labels, taints } = options;
  const node = {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      labels: { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux", ...labels },
    },
    spec: taints ? { taints } : {},
  };
  try {
    await api.call("POST", "/api/v1/nodes", node);
  } catch (error) {
    if (!(error instanceof ApiRefusal && error.status === 409)) throw error;
  }
  await api.call(
    "PATCH",
    `/api/v1/nodes/${name}/status`,
    { status: nodeStatus(options, new Date().toISOString()) },
    "application/merge-patch+json",
  );
}

function nodeStatus({ name, port }: NodeOptions, now: string) {
  const capacity = {
    cpu: String(cpus().length * 16),
    memory: String(totalmem()),
    pods: "250",
    "ephemeral-storage": "50Gi",
  };
  const condition = (type: string, status: string, reason: string) => ({
    type,
    status,
    reason,
    message: reason,
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  });
  return {
    addresses: [
      { type: "InternalIP", address: "127.0.0.1" },
      { type: "Hostname", address: name },
    ],
    // Processes share the machine: requests order the pods, they do not reserve its two or four cores.
    capacity,
    allocatable: capacity,
    daemonEndpoints: { kubeletEndpoint: { Port: port } },
    nodeInfo: {
      architecture: process.arch === "x64" ? "amd64" : process.arch,
      operatingSystem: "linux",
      kubeletVersion: "v1.36.3-pitboss-local",
      containerRuntimeVersion: "process://1",
      bootID: "",
      kernelVersion: "",
      kubeProxyVersion: "",
      machineID: "",
      osImage: "",
      systemUUID: "",
    },
    conditions: [
      condition("Ready", "True", "KubeletReady"),
      condition("MemoryPressure", "False", "KubeletHasSufficientMemory"),
      condition("DiskPressure", "False", "KubeletHasNoDiskPressure"),
      condition("PIDPressure", "False", "KubeletHasSufficientPID"),
    ],
  };
}

/** The heartbeat by which the control plane knows that the node lives. */
export async function renewLease(api: NodeApi, name: string): Promise<void> {
  const path = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";
  const spec = {
    holderIdentity: name,
    leaseDurationSeconds: LEASE_SECONDS,
    renewTime: new Date().toISOString().replace("Z", "000Z"),
  };
  const found = await api.find(`${path}/${name}`);
  if (found) {
    await api.call("PATCH", `${path}/${name}`, { spec }, "application/merge-patch+json");
    return;
  }
  const lease = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: { name }, spec };
  await api.call("POST", path, lease);
}
