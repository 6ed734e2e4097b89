// The door of every npm script: plain JavaScript that any Node >= 18 runs. It installs the packages
// where they are missing or stale, then goes on with a Node that the project can run on (>= 22.19).
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import * as nodeModule from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(fileURLToPath(import.meta.url));
const modules = join(root, "node_modules");
const stampFile = join(modules, ".pitboss-stamp");
const oldestNode = [22, 19];
const lockPatienceMs = 15 * 60_000;
const ownerlessMs = 10_000;
const shellPollMs = 250;

/** What must be the same for an installation to be good: the lock file and the platform. */
function wantedStamp() {
  const lock = readFileSync(join(root, "package-lock.json"));
  const hash = createHash("sha256").update(lock).digest("hex");
  return `${hash} ${process.platform}-${process.arch}`;
}

function installed() {
  return existsSync(stampFile) && readFileSync(stampFile, "utf8") === wantedStamp();
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** A platform that runs from this checkout would lose the files under its feet. */
function refuseBeneathRunningPlatform() {
  const folder = join(modules, ".pitboss-running");
  const pids = existsSync(folder) ? readdirSync(folder).map(Number).filter(alive) : [];
  if (pids.length === 0) return;
  fail(
    `package-lock.json changed while Pitboss runs from this checkout (pid ${pids.join(", ")}). ` +
      "Stop it first: npm run stop",
  );
}

/** Two scripts started at once in a fresh clone: the second waits for the first one's installation. */
function underLock(work) {
  const hash = createHash("sha256").update(root).digest("hex").slice(0, 16);
  const lock = join(tmpdir(), `pitboss-install-${hash}`);
  const deadline = Date.now() + lockPatienceMs;
  while (!takes(lock)) {
    if (Date.now() > deadline) fail(`another installation holds ${lock}; remove it if none runs`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
  try {
    work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/** Tries once to take the lock, and clears it away where its owner is gone. */
function takes(lock) {
  try {
    mkdirSync(lock);
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    if (isAbandoned(lock)) rmSync(lock, { recursive: true, force: true });
    return false;
  }
  writeFileSync(join(lock, "pid"), String(process.pid));
  return true;
}

function isAbandoned(lock) {
  try {
    return !alive(Number(readFileSync(join(lock, "pid"), "utf8")));
  } catch {
    // Its owner is about to write its pid, unless it died before it could.
    return lockAgeMs(lock) > ownerlessMs;
  }
}

function lockAgeMs(lock) {
  try {
    return Date.now() - statSync(lock).mtimeMs;
  } catch {
    return 0; // The owner has just let it go: the next try takes it.
  }
}

function install() {
  if (installed()) return;
  refuseBeneathRunningPlatform();
  console.error("installing packages (once for each change of package-lock.json)");
  const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (npm.error) fail(`npm could not be started: ${npm.error.message}`);
  if (npm.status !== 0) fail(`npm ci failed (exit ${npm.status}); its words are above`);
  writeFileSync(stampFile, wantedStamp());
}

function newEnough(version) {
  const [major, minor] = version.split(".").map(Number);
  return major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
}

/** The running Node where it is new enough, else the one that came as an optional platform package. */
function findNode() {
  if (newEnough(process.versions.node)) return process.execPath;
  const name = `node-${process.platform}-${process.arch}`;
  try {
    const manifest = nodeModule
      .createRequire(join(root, "package.json"))
      .resolve(`${name}/package.json`);
    return join(dirname(manifest), "bin", "node");
  } catch {
    return fail(
      `Node ${oldestNode.join(".")} or newer is needed; this is ${process.versions.node}, and npm has ` +
        `no Node for ${process.platform}-${process.arch}. Install Node 24 from nodejs.org.`,
    );
  }
}

/**
 * npm runs scripts in a shell that dies of a signal and passes it to nobody: where the shell is gone,
 * this process is meant.
 */
function followShell(tell) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const shell = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(timer);
    tell();
  }, shellPollMs);
  timer.unref();
}

function fail(message) {
  console.error(`pitboss: ${message}`);
  process.exit(1);
}

const [script, ...args] = process.argv.slice(2);
if (!script) fail("usage: node bootstrap.js SCRIPT [ARGUMENT…]");
if (!installed()) underLock(install);
// A path on a tool's command line is meant from where the person stands; npm has gone to the root.
if (script.includes("/cli/") && process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
// What was compiled once need not be again: half of the start, and a fifth of the memory.
process.env.NODE_COMPILE_CACHE ??= join(modules, ".cache", "compile");
const node = findNode();
if (node === process.execPath) {
  nodeModule.enableCompileCache?.(process.env.NODE_COMPILE_CACHE);
  process.argv.splice(1, 2, join(root, script));
  followShell(() => process.kill(process.pid, "SIGTERM"));
  await import(pathToFileURL(join(root, script)).href);
} else {
  const path = `${dirname(node)}:${process.env.PATH ?? ""}`;
  const child = spawn(node, [join(root, script), ...args], {
    stdio: "inherit",
    env: { ...process.env, PATH: path },
  });
  // The terminal sends Ctrl-C to both; a supervisor signals only this process. The child decides.
  process.on("SIGINT", () => {
    if (!process.stdin.isTTY) child.kill("SIGINT");
  });
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  followShell(() => child.kill("SIGTERM"));
  child.on("error", (error) => fail(`${node} could not be started: ${error.message}`));
  child.on("exit", (code, signal) => {
    if (signal) process.removeAllListeners(signal);
    if (signal) process.kill(process.pid, signal);
    else process.exit(code ?? 1);
  });
}
