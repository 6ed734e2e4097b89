import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What a process uses. */
export interface Usage {
  readonly cpuCores: number;
  readonly memoryBytes: number;
  /** The time over which the CPU figure was taken. */
  readonly windowMs: number;
}

interface Sample {
  readonly at: number;
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
}

const windowMs = 15_000;
// What Linux counts process times in, and its page size on the machines that we run on.
const ticksPerSecond = 100;
const pageBytes = 4_096;

/** Follows what processes use, from samples that the caller takes now and then. */
export class UsageSampler {
  readonly #samples = new Map<number, Sample[]>();

  /** Takes a sample of these processes and forgets all others. */
  async sample(pids: readonly number[], now = Date.now()): Promise<void> {
    for (const pid of this.#samples.keys()) if (!pids.includes(pid)) this.#samples.delete(pid);
    for (const pid of pids) {
      const seen = await read(pid);
      if (seen === undefined) continue;
      const before = this.#samples.get(pid) ?? [];
      const recent = before.filter(({ at }) => now - at <= windowMs);
      this.#samples.set(pid, [...recent, { at: now, ...seen }]);
    }
  }

  /** Undefined until two samples were taken. */
  of(pid: number): Usage | undefined {
    const samples = this.#samples.get(pid) ?? [];
    const [first, last] = [samples[0], samples.at(-1)];
    if (first === undefined || last === undefined || first.at === last.at) return undefined;
    const elapsedMs = last.at - first.at;
    return {
      cpuCores: ((last.cpuSeconds - first.cpuSeconds) * 1000) / elapsedMs,
      memoryBytes: last.memoryBytes,
      windowMs: elapsedMs,
    };
  }
}

async function read(pid: number): Promise<Omit<Sample, "at"> | undefined> {
  try {
    return await (process.platform === "linux" ? fromProc(pid) : fromPs(pid));
  } catch {
    return undefined; // It has just ended.
  }
}

async function fromProc(pid: number): Promise<Omit<Sample, "at">> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [user, system, pages] = [fields[11], fields[12], fields[21]].map(Number);
  return {
    cpuSeconds: ((user ?? 0) + (system ?? 0)) / ticksPerSecond,
    memoryBytes: (pages ?? 0) * pageBytes,
  };
}

async function fromPs(pid: number): Promise<Omit<Sample, "at">> {
  const { stdout } = await run("ps", ["-o", "rss=,time=", "-p", String(pid)]);
  const [kilobytes = "0", time = "0"] = stdout.trim().split(/\s+/);
  const cpuSeconds = time.split(":").reduce((total, part) => total * 60 + Number(part), 0);
  return { cpuSeconds, memoryBytes: Number(kilobytes) * 1024 };
}
