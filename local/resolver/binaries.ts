/** The one place that says which Kubernetes the platform and the tests run. */
export const kubernetesVersion = "1.36.3";
/** The etcd that this Kubernetes is built and tested with (its go.mod). */
export const etcdVersion = "3.6.8";

export interface Binary {
  readonly name: string;
  readonly version: string;
  /** The Go package that it is built from; `modules/go.mod` pins the module. */
  readonly goPackage: string;
  /** How `--version` says the version. */
  readonly versionPattern: RegExp;
}

function kubernetes<Name extends string>(name: Name) {
  return {
    name,
    version: kubernetesVersion,
    goPackage: `k8s.io/kubernetes/cmd/${name}`,
    versionPattern: /v(\d+\.\d+)\.\d+/,
  };
}

export const binaries = {
  etcd: {
    name: "etcd",
    version: etcdVersion,
    goPackage: "go.etcd.io/etcd/server/v3",
    versionPattern: /etcd Version: (\d+\.\d+)\.\d+/,
  },
  "kube-apiserver": kubernetes("kube-apiserver"),
  "kube-controller-manager": kubernetes("kube-controller-manager"),
  "kube-scheduler": kubernetes("kube-scheduler"),
  kubectl: kubernetes("kubectl"),
} as const satisfies Readonly<Record<string, Binary>>;

export type BinaryName = keyof typeof binaries;

/** `1.36` of `1.36.3`: assets of another minor are another API. */
export function minorOf(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}
