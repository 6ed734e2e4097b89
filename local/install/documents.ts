import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";

/** A Kubernetes object as it is written in a manifest. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** The objects of a manifest file, which may hold many documents. */
export async function readManifests(file: string): Promise<Manifest[]> {
  const objects = await readObjects(file);
  const manifests = objects.filter(isManifest);
  if (manifests.length === objects.length) return manifests;
  throw new Error(`${file}: a document is no Kubernetes object (apiVersion, kind, metadata.name)`);
}

/** The objects of a file, or of all files in a folder and below, among which there may be other YAML and JSON. */
export async function manifestsAt(path: string): Promise<Manifest[]> {
  if (!(await stat(path)).isDirectory()) return readManifests(path);
  const objects = (await Promise.all((await manifestFiles(path)).map(readObjects))).flat();
  return objects.filter(isManifest);
}

async function readObjects(file: string): Promise<unknown[]> {
  const documents = parseAllDocuments(await readFile(file, "utf8"), { merge: true });
  return documents.flatMap((document) => {
    const [problem] = document.errors;
    if (problem !== undefined) throw new Error(`${file}: ${problem.message}`);
    const object: unknown = document.toJS();
    return object === null ? [] : [object];
  });
}

function isManifest(object: unknown): object is Manifest {
  const { apiVersion, kind, metadata } = object as Partial<Manifest>;
  return Boolean(apiVersion && kind && metadata?.name);
}

/** The objects of a kustomization that only lists its resources, files and other kustomizations. */
export async function readBase(folder: string): Promise<Manifest[]> {
  const text = await readFile(join(folder, "kustomization.yaml"), "utf8");
  const { resources } = parse(text) as { resources: string[] };
  const lists = await Promise.all(
    resources.map((name) => {
      const path = join(folder, name);
      return name.endsWith(".yaml") ? readManifests(path) : readBase(path);
    }),
  );
  return lists.flat();
}

/** The manifest files under a path, which may itself be one. */
export async function manifestFiles(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const names = await readdir(path, { recursive: true });
  return names
    .filter((name) => /\.(ya?ml|json)$/.test(name))
    .sort()
    .map((name) => join(path, name));
}
