import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const root = new URL("../../", import.meta.url);

/** A process that is killed without warning, and started again. */
export class Mortal {
  readonly name: string;
  readonly #main: string;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #log: string;
  #child: ChildProcess;
  deaths = 0;

  constructor(
    name: string,
    main: string,
    environment: Readonly<Record<string, string>>,
    log: string,
  ) {
    this.name = name;
    this.#main = main;
    this.#environment = environment;
    this.#log = log;
    this.#child = this.#start();
  }

  /** SIGKILL; it is back after a while. */
  async dieFor(ms: number): Promise<void> {
    await this.end();
    this.deaths += 1;
    await sleep(ms);
    this.#child = this.#start();
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    // With its last words: nobody writes to the log after this.
    const gone = once(this.#child, "close");
    this.#child.kill("SIGKILL");
    await gone;
  }

  #start(): ChildProcess {
    const child = spawn(process.execPath, [this.#main], {
      cwd: root,
      env: { ...this.#environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => appendFileSync(this.#log, chunk));
    }
    return child;
  }
}
