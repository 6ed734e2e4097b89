import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdtemp, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { EnvHttpProxyAgent, fetch } from "undici";
import type { Binary } from "./binaries.ts";
import { intoCache } from "./cache.ts";
import { officialHosts, type Release, type ReleaseHosts, releaseOf } from "./releases.ts";
import type { Found, Progress, Way } from "./way.ts";

const run = promisify(execFile);
const connectMs = 5_000;
const stalledMs = 30_000;

export interface DownloadOptions {
  readonly folder: string;
  readonly progress: Progress;
  readonly hosts?: ReleaseHosts;
  readonly platform?: NodeJS.Platform;
  readonly arch?: string;
}

/**
 * The official release, checked against the SHA-256 that its publisher states beside it. A host that
 * cannot be reached is asked once: the next way follows at once.
 */
export function downloadWay(options: DownloadOptions): Way {
  const { folder, hosts = officialHosts } = options;
  const { platform = process.platform, arch = process.arch } = options;
  const unreachable = new Map<string, string>();
  const dispatcher = new EnvHttpProxyAgent({
    connect: { timeout: connectMs },
    headersTimeout: stalledMs,
    bodyTimeout: stalledMs,
  });
  const get = async (url: string) => {
    const response = await fetch(url, { dispatcher });
    if (response.ok && response.body !== null) return response;
    await response.body?.cancel();
    throw new Error(`${url} answered ${response.status}`);
  };

  async function find(binary: Binary): Promise<Found> {
    const release = releaseOf(binary, platform, arch, hosts);
    if (release === undefined) {
      return { missing: `there is no release of ${binary.name} for ${platform}-${arch}` };
    }
    const { host } = new URL(release.url);
    const refused = unreachable.get(host);
    if (refused !== undefined) return { missing: refused };
    try {
      const wanted = checksumIn(await (await get(release.checksumUrl)).text(), release);
      const path = await intoCache(folder, binary.name, (file) =>
        fetchProgram(release, wanted, file, options.progress, get),
      );
      return { path };
    } catch (error) {
      const why = `${release.url}: ${reasonOf(error)}`;
      if (error instanceof TypeError) unreachable.set(host, why);
      return { missing: why };
    }
  }

  return { name: "download", find };
}

function checksumIn(text: string, { listedAs, checksumUrl }: Release): string {
  const lines = text.split("\n").map((line) => line.trim().split(/\s+\*?/));
  const line = listedAs === undefined ? lines[0] : lines.find(([, name]) => name === listedAs);
  const sum = line?.[0] ?? "";
  if (/^[0-9a-f]{64}$/.test(sum)) return sum;
  throw new Error(`${checksumUrl} states no SHA-256 for ${listedAs ?? "it"}`);
}

async function fetchProgram(
  release: Release,
  wanted: string,
  file: string,
  progress: Progress,
  get: (url: string) => ReturnType<typeof fetch>,
): Promise<void> {
  const download = release.inArchive === undefined ? file : `${file}.archive`;
  progress.begin(`downloading ${release.url}`);
  try {
    const response = await get(release.url);
    const sum = await save(response, download, progress);
    if (sum !== wanted) throw new Error(`its SHA-256 is ${sum}; ${wanted} was published`);
    if (release.inArchive !== undefined) await extract(download, release.inArchive, file);
    progress.end("done");
  } catch (error) {
    await rm(file, { force: true });
    progress.end(`failed: ${reasonOf(error)}`);
    throw error;
  } finally {
    if (download !== file) await rm(download, { force: true });
  }
}

async function save(
  response: Awaited<ReturnType<typeof fetch>>,
  file: string,
  progress: Progress,
): Promise<string> {
  if (response.body === null) throw new Error("the answer is empty");
  const total = Number(response.headers.get("content-length") ?? 0);
  const hash = createHash("sha256");
  let received = 0;
  const watch = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      received += chunk.length;
      progress.update(total > 0 ? `${Math.floor((100 * received) / total)}%` : megabytes(received));
      done(null, chunk);
    },
  });
  await pipeline(Readable.fromWeb(response.body), watch, createWriteStream(file));
  return hash.digest("hex");
}

/** tar of Linux and macOS; the latter's reads zip as well. */
async function extract(archive: string, member: string, file: string): Promise<void> {
  const folder = await mkdtemp(join(dirname(file), "extract-"));
  try {
    await run("tar", ["-xf", archive, "-C", folder, member]);
    await rename(join(folder, member), file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

/** fetch says only "fetch failed"; what failed is in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error
    ? ((cause.message || (cause as NodeJS.ErrnoException).code) ?? error.message)
    : error.message;
}
