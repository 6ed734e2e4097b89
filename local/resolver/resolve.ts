import type { ControlPlaneBinaries } from "../control-plane.ts";
import { withLock } from "../lock.ts";
import { userCache } from "../user-cache.ts";
import { assetsWay } from "./assets.ts";
import { type BinaryName, binaries, minorOf } from "./binaries.ts";
import { cacheFolder, cacheWay } from "./cache.ts";
import { downloadWay } from "./download.ts";
import { goBuildWay } from "./go-build.ts";
import { showProgress } from "./progress.ts";
import type { ReleaseHosts } from "./releases.ts";
import type { Progress, Way } from "./way.ts";

export interface ResolveOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly userCache?: string;
  readonly hosts?: ReleaseHosts;
  readonly progress?: Progress;
  readonly say?: (message: string) => void;
}

const controlPlane = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
] as const satisfies readonly BinaryName[];

/** Paths of the control plane's programs; what is on no disk yet is downloaded or built. */
export async function resolveControlPlane(
  options: ResolveOptions = {},
): Promise<ControlPlaneBinaries> {
  return resolve(controlPlane, options);
}

/** The path of kubectl, for scripts and tests that find none installed. */
export async function resolveKubectl(options: ResolveOptions = {}): Promise<string> {
  return (await resolve(["kubectl"], options)).kubectl;
}

async function resolve<Name extends BinaryName>(
  names: readonly Name[],
  options: ResolveOptions,
): Promise<Record<Name, string>> {
  const { env = process.env, say = console.error } = options;
  const { progress = showProgress(process.stderr) } = options;
  const folder = cacheFolder(options.userCache ?? userCache(env));
  const found = new Map<Name, string>();
  const reasons = new Map<Name, string[]>();
  const search = async (way: Way) => {
    for (const name of names.filter((wanted) => !found.has(wanted))) {
      const result = await way.find(binaries[name]);
      if ("path" in result) found.set(name, result.path);
      else reasons.set(name, [...(reasons.get(name) ?? []), `${way.name}: ${result.missing}`]);
    }
  };

  await search(assetsWay(env["KUBEBUILDER_ASSETS"], say));
  await search(cacheWay(folder));
  if (found.size < names.length) {
    const waiting = ({ pid }: { pid: number }) =>
      say(`process ${pid} is downloading or building the control plane; waiting for it`);
    await withLock(`${folder}.lock`, waiting, async () => {
      reasons.clear();
      await search(cacheWay(folder)); // Another run may have brought it meanwhile.
      await search(
        downloadWay({ folder, progress, ...(options.hosts && { hosts: options.hosts }) }),
      );
      await search(goBuildWay({ folder, progress, env }));
    });
  }
  const missing = names.filter((name) => !found.has(name));
  if (missing.length > 0) throw new Error(missingMessage(missing, reasons));
  return Object.fromEntries(found) as Record<Name, string>;
}

function missingMessage<Name extends BinaryName>(
  names: readonly Name[],
  reasons: ReadonlyMap<Name, readonly string[]>,
): string {
  const lines = names.flatMap((name) => [
    `${name} ${binaries[name].version} is missing:`,
    ...(reasons.get(name) ?? []).map((reason) => `  ${reason}`),
  ]);
  return [
    ...lines,
    "Any one of these cures it: install Go 1.26 or newer (https://go.dev/dl) and let it reach its " +
      "module proxy; let this machine reach https://dl.k8s.io and https://github.com; or set " +
      `KUBEBUILDER_ASSETS to a folder with programs of Kubernetes ${minorOf(binaries.kubectl.version)}.`,
  ].join("\n");
}
