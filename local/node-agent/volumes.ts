import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fieldOf } from "./fields.ts";
import type { Item, Pod, ProjectedSource, Volume } from "./kinds.ts";
import { NotThereYet, type Sources } from "./sources.ts";

type Files = Map<string, Buffer>;

/** Where the folders of volumes are. */
export interface VolumePlaces {
  /** Of the pod's own volumes, which go with it. */
  readonly directory: string;
  /** What stands for the machine's disk; it stays. */
  readonly disk: string;
}

/** A volume kind that this agent does not make. */
export class UnknownVolume extends Error {
  override readonly name = "UnknownVolume";
}

/**
 * Makes the folders of a pod's volumes, or brings them up to date: a changed Secret, or a token that
 * is no longer young, replaces its file in one step. Answers the folder of each volume.
 */
export async function fillVolumes(
  pod: Pod,
  { directory, disk }: VolumePlaces,
  podIP: string,
  sources: Sources,
): Promise<Map<string, string>> {
  const folders = new Map<string, string>();
  for (const volume of pod.spec.volumes ?? []) {
    if (volume.hostPath) {
      folders.set(volume.name, await hostFolder(disk, volume.hostPath));
      continue;
    }
    const folder = join(directory, volume.name);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    folders.set(volume.name, folder);
    const files = await filesOf(pod, volume, podIP, sources);
    for (const [path, content] of files) await replace(join(folder, path), content);
  }
  return folders;
}

/** As a kubelet: a Directory has to be there, and is never made. */
async function hostFolder(
  disk: string,
  { path, type = "" }: { path: string; type?: string },
): Promise<string> {
  const folder = join(disk, path);
  if (type === "DirectoryOrCreate") await mkdir(folder, { recursive: true, mode: 0o700 });
  const found = await stat(folder).catch(() => undefined);
  if (type === "" || found?.isDirectory()) return folder;
  throw new NotThereYet(`hostPath type check failed: ${path} is not a directory (here ${folder})`);
}

async function filesOf(pod: Pod, volume: Volume, podIP: string, sources: Sources): Promise<Files> {
  if (volume.emptyDir) return new Map();
  const { configMap, secret, downwardAPI, projected } = volume;
  const list: ProjectedSource[] = [...(projected?.sources ?? [])];
  if (configMap) list.push({ configMap });
  if (secret) list.push({ secret: { ...secret, name: secret.secretName } });
  if (downwardAPI) list.push({ downwardAPI });
  if (list.length === 0) {
    throw new UnknownVolume(`volume ${volume.name}: the local node has no such kind of volume`);
  }
  const files: Files = new Map();
  for (const source of list) {
    for (const [path, content] of await filesOfSource(pod, source, podIP, sources)) {
      files.set(path, content);
    }
  }
  return files;
}

async function filesOfSource(
  pod: Pod,
  { configMap, secret, serviceAccountToken, downwardAPI }: ProjectedSource,
  podIP: string,
  sources: Sources,
): Promise<Files> {
  const { namespace } = pod.metadata;
  if (configMap) {
    const data = await sources.configMap(namespace, configMap.name, configMap.optional);
    return chosen(data, configMap.items, `ConfigMap ${namespace}/${configMap.name}`);
  }
  if (secret) {
    const data = await sources.secret(namespace, secret.name, secret.optional);
    return chosen(data, secret.items, `Secret ${namespace}/${secret.name}`);
  }
  if (serviceAccountToken) {
    const account = pod.spec.serviceAccountName ?? "default";
    const token = await sources.token(pod.metadata, account, serviceAccountToken);
    return new Map([[serviceAccountToken.path, Buffer.from(token)]]);
  }
  const items = downwardAPI?.items ?? [];
  return new Map(
    items.map(({ path, fieldRef }) => [
      path,
      Buffer.from(fieldOf(pod, fieldRef?.fieldPath ?? "", podIP) ?? ""),
    ]),
  );
}

function chosen(data: Files, items: Item[] | undefined, what: string): Files {
  if (!items) return data;
  return new Map(
    items.map(({ key, path }) => {
      const content = data.get(key);
      if (!content) throw new NotThereYet(`${what} has no key ${key}`);
      return [path, content];
    }),
  );
}

/** A reader sees the old file or the new one, never half of it. */
async function replace(file: string, content: Buffer): Promise<void> {
  const before = await readFile(file).catch(() => undefined);
  if (before?.equals(content)) return;
  await mkdir(dirname(file), { recursive: true });
  const fresh = `${file}.new`;
  await writeFile(fresh, content, { mode: 0o600 });
  await chmod(fresh, 0o600);
  await rename(fresh, file);
}

/** Removes what fillVolumes made. */
export async function removeVolumes(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
}
