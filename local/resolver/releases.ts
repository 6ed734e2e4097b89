import type { Binary } from "./binaries.ts";

/** Where the official release of a binary is, and where its publisher states the checksum. */
export interface Release {
  readonly url: string;
  readonly checksumUrl: string;
  /** The name under which the checksum file lists it; undefined where that file holds one sum alone. */
  readonly listedAs?: string;
  /** The program's path in the archive; undefined where the download is the program itself. */
  readonly inArchive?: string;
}

export interface ReleaseHosts {
  readonly kubernetes: string;
  readonly etcd: string;
}

export const officialHosts: ReleaseHosts = {
  kubernetes: "https://dl.k8s.io",
  etcd: "https://github.com/etcd-io/etcd/releases/download",
};

const architectures: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

/** The release for a machine, or undefined where its publisher makes none. */
export function releaseOf(
  binary: Binary,
  platform: NodeJS.Platform,
  arch: string,
  hosts: ReleaseHosts,
): Release | undefined {
  const architecture = architectures[arch];
  if (architecture === undefined) return undefined;
  if (platform !== "linux" && platform !== "darwin") return undefined;
  return binary.name === "etcd"
    ? etcdRelease(binary.version, platform, architecture, hosts.etcd)
    : kubernetesRelease(binary, platform, architecture, hosts.kubernetes);
}

function etcdRelease(version: string, platform: string, arch: string, host: string): Release {
  const folder = `etcd-v${version}-${platform}-${arch}`;
  const file = `${folder}.${platform === "linux" ? "tar.gz" : "zip"}`;
  return {
    url: `${host}/v${version}/${file}`,
    checksumUrl: `${host}/v${version}/SHA256SUMS`,
    listedAs: file,
    inArchive: `${folder}/etcd`,
  };
}

function kubernetesRelease(
  { name, version }: Binary,
  platform: string,
  arch: string,
  host: string,
): Release | undefined {
  // Servers are released for Linux alone.
  if (platform !== "linux" && name !== "kubectl") return undefined;
  const url = `${host}/v${version}/bin/${platform}/${arch}/${name}`;
  return { url, checksumUrl: `${url}.sha256` };
}
