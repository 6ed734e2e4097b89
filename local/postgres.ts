import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./ports.ts";
import { serverAccount } from "./postgres/account.ts";
import { dataPlace } from "./postgres/data-place.ts";
import { initCluster } from "./postgres/init.ts";
import { postgresPrograms } from "./postgres/programs.ts";
import { type Child, type ChildOptions, endedError, startChild } from "./processes/child.ts";

export interface PostgresOptions {
  /** Where the cluster is kept between runs. */
  readonly directory: string;
  /** A free one where none is given. */
  readonly port?: number | undefined;
  /** False gives up fsync for speed: for tests, whose data nobody misses. Default true. */
  readonly durable?: boolean;
  /** Further settings of postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Folder in which the process is noted while it runs. */
  readonly records?: string | undefined;
}

export interface Postgres {
  readonly host: string;
  readonly port: number;
  readonly superuserUrl: string;
  readonly child: Child;
  /** Fast shutdown: open transactions are rolled back, connections closed, a checkpoint written. */
  stop(): Promise<void>;
}

const host = "127.0.0.1";
const startMs = 60_000;
const stopMs = 60_000;
/** How long the backends of a killed server may take to see that it is gone. */
const orphansMs = 15_000;
const memoryInUse = "pre-existing shared memory block";
const settings = {
  listen_addresses: host,
  unix_socket_directories: "",
  max_connections: "200",
  log_line_prefix: "%m [%p] %u@%d ",
};
const notDurable = { fsync: "off", synchronous_commit: "off", full_page_writes: "off" };

/** Starts PostgreSQL over the cluster in the directory, which is made at the first start. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const durable = options.durable ?? true;
  const account = serverAccount();
  const programs = postgresPrograms(account);
  const place = dataPlace(options.directory, account);
  const { data, password } = await initCluster(place, programs, account, durable);
  const port = options.port ?? (await freePort());
  const all = { ...settings, ...(durable ? {} : notDurable), ...options.settings, port };
  const child = await started({
    name: "postgres",
    command: programs.postgres,
    args: ["-D", data, ...Object.entries(all).flatMap(([key, value]) => ["-c", `${key}=${value}`])],
    cwd: place,
    env: { LC_ALL: "C" },
    user: account,
    logFile: join(options.directory, "postgres.log"),
    records: options.records,
    stopSignal: "SIGINT",
    data,
  });
  const superuserUrl = `postgres://postgres:${password}@${host}:${port}/postgres`;
  return {
    host,
    port,
    superuserUrl,
    child,
    stop: async () => void (await child.stop(stopMs)),
  };
}

/**
 * A running server over the data. A server that was killed leaves its backends, each in a process group
 * of its own; they hold its shared memory until they have seen that it is gone, and until then a new
 * server refuses to start.
 */
async function started({ data, ...options }: ChildOptions & { data: string }): Promise<Child> {
  const deadline = Date.now() + orphansMs;
  for (;;) {
    const before = await sizeOf(options.logFile);
    const child = await startChild(options);
    try {
      await ready(child, data);
      return child;
    } catch (error) {
      const said = (await readFile(child.logFile)).subarray(before).toString();
      if (!said.includes(memoryInUse) || Date.now() > deadline) throw error;
      await sleep(200);
    }
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw error;
  }
}

async function ready(child: Child, data: string): Promise<void> {
  const deadline = Date.now() + startMs;
  while (!(await saysReady(child.pid, data))) {
    if (child.exit() !== undefined) throw await endedError(child, "while it was starting");
    if (Date.now() > deadline) {
      await child.stop(0);
      throw new Error(`PostgreSQL was not ready in ${startMs / 1000} s (${child.logFile})`);
    }
    await sleep(50);
  }
}

/** The server keeps its pid and state in a file; another server's answer on the port proves nothing. */
async function saysReady(pid: number, data: string): Promise<boolean> {
  try {
    const lines = (await readFile(join(data, "postmaster.pid"), "utf8")).split("\n");
    return lines[0] === String(pid) && lines[7]?.trim() === "ready";
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
