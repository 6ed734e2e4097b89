import type { Credentials } from "./credentials.ts";

export interface Ports {
  readonly api: number;
  readonly etcd: number;
  readonly etcdPeers: number;
}

export const host = "127.0.0.1";
export const podRange = "10.244.0.0/16";

/** etcd, alone and reachable from this machine only. */
export function etcdFlags(directory: string, ports: Ports, durable: boolean): string[] {
  const clients = `http://${host}:${ports.etcd}`;
  const peers = `http://${host}:${ports.etcdPeers}`;
  return [
    `--data-dir=${directory}`,
    `--listen-client-urls=${clients}`,
    `--advertise-client-urls=${clients}`,
    `--listen-peer-urls=${peers}`,
    `--initial-advertise-peer-urls=${peers}`,
    `--initial-cluster=default=${peers}`,
    "--log-level=warn",
    "--auto-compaction-retention=10m",
    ...(durable ? [] : ["--unsafe-no-fsync"]),
  ];
}

/** The API server, with a certificate of its own making, by which it also proves itself to kubelets. */
export function apiServerFlags(credentials: Credentials, ports: Ports): string[] {
  const { certificates, caFile, keyFile, tokenFile, signingKey, verifyingKey } = credentials;
  return [
    `--etcd-servers=http://${host}:${ports.etcd}`,
    `--bind-address=${host}`,
    `--advertise-address=${host}`,
    `--secure-port=${ports.api}`,
    `--cert-dir=${certificates}`,
    `--token-auth-file=${tokenFile}`,
    "--anonymous-auth=true",
    "--authorization-mode=Node,RBAC",
    "--enable-admission-plugins=NodeRestriction",
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-signing-key-file=${signingKey}`,
    `--service-account-key-file=${verifyingKey}`,
    "--service-cluster-ip-range=10.96.0.0/16",
    // Its address is a loopback one, which is not allowed in an EndpointSlice.
    "--endpoint-reconciler-type=none",
    `--kubelet-certificate-authority=${caFile}`,
    `--kubelet-client-certificate=${caFile}`,
    `--kubelet-client-key=${keyFile}`,
    `--proxy-client-cert-file=${caFile}`,
    `--proxy-client-key-file=${keyFile}`,
    "--kubelet-preferred-address-types=InternalIP",
    // Without it open watches hold up the shutdown for a minute.
    "--shutdown-watch-termination-grace-period=2s",
    "--profiling=false",
  ];
}

/** The controller manager: no election as it is alone, and no port. */
export function controllerManagerFlags(kubeconfig: string, credentials: Credentials): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    "--secure-port=0",
    "--leader-elect=false",
    "--use-service-account-credentials=true",
    `--service-account-private-key-file=${credentials.signingKey}`,
    `--root-ca-file=${credentials.caFile}`,
    "--allocate-node-cidrs=true",
    `--cluster-cidr=${podRange}`,
    // A laptop that slept must not find its pods evicted.
    "--node-monitor-grace-period=10m",
    "--horizontal-pod-autoscaler-sync-period=2s",
    "--profiling=false",
  ];
}

/** The scheduler: no election, and no port. */
export function schedulerFlags(kubeconfig: string): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    "--secure-port=0",
    "--leader-elect=false",
    "--profiling=false",
  ];
}
