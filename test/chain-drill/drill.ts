import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { addressFor } from "../../lobby/cashier/addresses.ts";
import { CashierLedger } from "../../lobby/cashier/ledger.ts";
import { freePort } from "../../local/ports.ts";
import { saveChain } from "../../operator/database/chain-catalogue.ts";
import { Agents } from "../../runtime/agents.ts";
import { Database } from "../../runtime/database.ts";
import { createLogger } from "../../runtime/log.ts";
import { type MountedSecret, mountSecret } from "../../runtime/testing-secret.ts";
import { agentEnvironment } from "../harness/agent.ts";
import { devKey, devXpub } from "../harness/agent-inside.ts";
import { type Anvil, startAnvil } from "../harness/anvil.ts";
import { type ChainDatabase, chainDatabase } from "../harness/chain.ts";
import { type Findings, findings } from "./findings.ts";
import { Payer } from "./payer.ts";
import { Mortal } from "./process.ts";

export interface DrillOptions {
  readonly deposits: number;
  readonly withdrawals: number;
  /** Deepest reorg; a block is final four blocks below that. */
  readonly reorgMax: number;
  /** Between two blocks. */
  readonly blockMs: number;
  /** How often a process is killed, or connections are cut. */
  readonly deaths: number;
  /** Seconds after which all must be over. */
  readonly patience: number;
  readonly onProgress?: (text: string) => void;
}

export interface DrillResult extends Findings {
  readonly reorgs: number;
  readonly deepest: number;
  readonly deaths: number;
  readonly cut: number;
  readonly seconds: number;
}

const chain = "casino/drill";
const asset = "eip155:31337/slip44:60";
const wallet = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";
const payerKey = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";
const agentsCount = 2;
const silent = createLogger("error", {}, { write: () => undefined });
const pick = (max: number) => Math.floor(Math.random() * max);

/**
 * Deposits and withdrawals on a real chain that reorganizes at random, by agents and a cashier that are killed at random and
 * lose their database connections; then what the chain and the ledger say of it.
 */
export class Drill {
  readonly #o: DrillOptions;
  readonly #started = Date.now();
  readonly #anvil: Anvil;
  readonly #platform: ChainDatabase;
  readonly #secrets: readonly MountedSecret[];
  readonly #database: Database;
  readonly #ledger: CashierLedger;
  readonly #agents: Agents;
  readonly #payer: Payer;
  readonly #folder: string;
  readonly #mortals: Mortal[] = [];
  readonly #calm = new AbortController();
  readonly #early: string[] = [];
  #reorgs = 0;
  #deepest = 0;
  #cut = 0;

  private constructor(
    options: DrillOptions,
    parts: {
      anvil: Anvil;
      platform: ChainDatabase;
      secrets: MountedSecret[];
      database: Database;
      folder: string;
      target: string;
    },
  ) {
    this.#o = options;
    this.#anvil = parts.anvil;
    this.#platform = parts.platform;
    this.#secrets = parts.secrets;
    this.#database = parts.database;
    this.#folder = parts.folder;
    this.#ledger = new CashierLedger(parts.database);
    this.#agents = new Agents({ target: parts.target, tlsDir: "" });
    this.#payer = new Payer(parts.anvil, payerKey);
  }

  static async open(options: DrillOptions): Promise<Drill> {
    const [platform, anvil] = await Promise.all([chainDatabase(), startAnvil()]);
    const secrets = await Promise.all(
      [platform.agentUrl, platform.lobbyUrl].map((url) => mountSecret(url)),
    );
    const [agentSecret = "", lobbySecret = ""] = secrets.map(({ directory }) => directory);
    await writeFile(join(agentSecret, "key"), devKey);
    await writeFile(join(agentSecret, "xpub"), devXpub);
    await saveChain(platform.db, {
      ...{ namespace: "casino", name: "drill", uid: randomUUID(), protocol: "ethereum" },
      ...{ network: "anvil", chainId: "eip155:31337", insecure: true, confirmations: 1 },
      assets: [{ asset, currency: "ETH", minWithdrawal: 1n }],
    });
    await anvil.mine(options.reorgMax + 10);
    const ports = await Promise.all(Array.from({ length: agentsCount }, freePort));
    const target = `ipv4:${ports.map((port) => `127.0.0.1:${port}`).join(",")}`;
    const database = await Database.open({
      directory: lobbySecret,
      connections: 8,
      application: "drill",
    });
    const folder = await mkdtemp(join(tmpdir(), "pitboss-drill-"));
    const drill = new Drill(options, { anvil, platform, secrets, database, folder, target });
    await drill.#start(ports, agentSecret, lobbySecret, target);
    return drill;
  }

  async #start(
    ports: number[],
    agentSecret: string,
    lobbySecret: string,
    target: string,
  ): Promise<void> {
    const common = { PATH: process.env["PATH"] ?? "" };
    for (const [i, port] of ports.entries()) {
      const environment = agentEnvironment([this.#anvil.url], agentSecret, {
        ...common,
        PITBOSS_CHAIN: chain,
        PITBOSS_CHAIN_CONFIRMATIONS: String(this.#o.reorgMax + 4),
        PITBOSS_SIGNER_KEY_FILE: join(agentSecret, "key"),
        PITBOSS_DEPOSIT_XPUB_FILE: join(agentSecret, "xpub"),
        PITBOSS_GRPC_PORT: String(port),
        PITBOSS_OPERATIONS_PORT: String(await freePort()),
        PITBOSS_FEE_BUMP_SECONDS: "2",
        PITBOSS_RESEND_SECONDS: "1",
        PITBOSS_LOG_LEVEL: "info",
        PITBOSS_POD: `agent-${i}`,
      }) as Record<string, string>;
      this.#born(`agent-${i}`, "chain-agent/main.ts", environment);
    }
    const cashier = { ...common, PITBOSS_DATABASE_DIR: lobbySecret, PITBOSS_CHAIN_AGENTS: target };
    this.#born("cashier", "test/chain-drill/cashier-process.ts", cashier);
  }

  #born(name: string, main: string, environment: Record<string, string>): void {
    this.#mortals.push(new Mortal(name, main, environment, join(this.#folder, `${name}.log`)));
  }

  /** Runs it all and judges; the chaos ends when everything has been asked for, what is left must come to rest by itself. */
  async run(): Promise<DrillResult> {
    const chaos = Promise.all([this.#mine(), this.#kill(), this.#watch()]);
    const people = Promise.all([this.#payIn(), this.#payOut()]);
    await Promise.race([people, chaos.then(() => people)]);
    this.#say("all is asked for");
    await this.#settled();
    this.#calm.abort();
    await chaos;
    return {
      ...(await findings({
        ...{
          anvil: this.#anvil,
          db: this.#platform.db,
          payer: this.#payer,
          wallet,
          early: this.#early,
        },
      })),
      ...{ reorgs: this.#reorgs, deepest: this.#deepest, cut: this.#cut },
      deaths: this.#mortals.reduce((sum, { deaths }) => sum + deaths, 0),
      seconds: Math.round((Date.now() - this.#started) / 1000),
    };
  }

  /** Where the processes' logs are, for when it failed. */
  get folder(): string {
    return this.#folder;
  }

  async close(keepLogs = false): Promise<void> {
    this.#calm.abort();
    for (const mortal of this.#mortals) await mortal.end();
    await this.#agents.stop();
    await this.#database.stop();
    await this.#anvil.stop();
    for (const secret of this.#secrets) await secret.remove();
    await this.#platform.drop();
    if (!keepLogs) await rm(this.#folder, { recursive: true, force: true });
  }

  async #payIn(): Promise<void> {
    const { deposits } = this.#o;
    const item = { chain, asset, minWithdrawal: 1n };
    for (let i = 0; i < deposits; i++) {
      const player = `player-${i % Math.ceil(deposits / 3)}`;
      const address = await this.#again(() =>
        addressFor(player, item, { ledger: this.#ledger, agents: this.#agents, log: silent }),
      );
      await this.#payer.pay(player, address, BigInt(1_000 + i));
      if (i % 4 === 0) await sleep(pick(this.#o.blockMs));
    }
  }

  async #payOut(): Promise<void> {
    const { withdrawals } = this.#o;
    for (let i = 0; i < withdrawals; i++) {
      const player = `winner-${i % 10}`;
      const db = this.#platform.db.pool;
      await db.query("SELECT pitboss.cashier_transfer($1, 'ETH', 5000, $2)", [player, `fund-${i}`]);
      const destination = `0x${(0xd0000000 + i).toString(16).padStart(40, "0")}`;
      const request = { player, key: `key-${i}`, hash: Buffer.alloc(32, 1), chain, asset };
      await this.#ledger.request({ ...request, amount: BigInt(2_000 + i), destination });
      if (i % 4 === 0) await sleep(pick(this.#o.blockMs));
    }
  }

  /** Until an agent answers: they are killed all the time. */
  async #again(ask: () => Promise<string | object>): Promise<string> {
    for (;;) {
      const answer = await ask();
      if (typeof answer === "string") return answer;
      await sleep(50);
    }
  }

  /** Blocks come, and now and then some are replaced by others. */
  async #mine(): Promise<void> {
    while (!this.#calm.signal.aborted) {
      await this.#anvil.mine(1);
      if (pick(12) === 0) {
        const depth = 1 + pick(this.#o.reorgMax);
        await this.#anvil.reorg(depth);
        this.#reorgs += 1;
        this.#deepest = Math.max(this.#deepest, depth);
      }
      await this.#payer.offerAgain();
      await sleep(this.#o.blockMs);
    }
  }

  /** One death after the other, each when something was booked since the last one: however slow the machine, all goes on. */
  async #kill(): Promise<void> {
    for (let death = 0; death < this.#o.deaths; death++) {
      const before = await this.#booked();
      while (!this.#calm.signal.aborted && (await this.#booked()) === before) await sleep(50);
      await sleep(pick(300));
      if (this.#calm.signal.aborted) return;
      if (death % 4 === 3) await this.#cutConnections();
      else await this.#mortals[death % this.#mortals.length]?.dieFor(pick(500));
    }
  }

  /** Grows with all that happens to deposits and withdrawals. */
  async #booked(): Promise<string> {
    const { rows } = await this.#platform.db.pool.query(
      `SELECT concat((SELECT sum(revision) FROM pitboss.chain_deposits), ' ',
                     (SELECT sum(revision) FROM pitboss.chain_withdrawals)) AS booked`,
    );
    return rows[0].booked;
  }

  /** What a failover of the database looks like to its clients. */
  async #cutConnections(): Promise<void> {
    this.#cut += 1;
    await this.#platform.db.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()
        AND (application_name LIKE 'chain-agent%' OR application_name = 'drill cashier')`,
    );
  }

  /** Nothing may be in a balance whose block is not final at that moment. */
  async #watch(): Promise<void> {
    const depth = BigInt(this.#o.reorgMax + 4);
    // In the middle of a reorg anvil has fewer blocks for a moment.
    let highest = 0n;
    while (!this.#calm.signal.aborted) {
      const { rows } = await this.#platform.db.pool.query(
        "SELECT deposit, height FROM pitboss.chain_deposits WHERE state = 'credited' ORDER BY credited_at DESC LIMIT 50",
      );
      const head = BigInt(String(await this.#anvil.rpc("eth_blockNumber")));
      if (head > highest) highest = head;
      for (const { deposit, height } of rows) {
        if (BigInt(height) > head - depth + 1n)
          this.#early.push(`${deposit} in ${height}, head ${head}`);
      }
      await sleep(20);
    }
  }

  async #settled(): Promise<void> {
    const { patience, deposits } = this.#o;
    for (const end = Date.now() + patience * 1000; ; ) {
      const { rows } = await this.#platform.db.pool.query(
        `SELECT (SELECT count(*)::int FROM pitboss.chain_deposits WHERE state = 'credited') AS credited,
                (SELECT count(*)::int FROM pitboss.chain_withdrawals WHERE state NOT IN ('completed', 'refunded')) AS open`,
      );
      const { credited, open } = rows[0];
      this.#say(`${credited} of ${deposits} credited, ${open} withdrawals open`);
      if (credited >= deposits && open === 0) return;
      if (Date.now() > end)
        throw new Error(`after ${patience} s: ${credited} credited, ${open} open; ${this.#folder}`);
      await sleep(500);
    }
  }

  #say(text: string): void {
    const seconds = Math.round((Date.now() - this.#started) / 1000);
    const deaths = this.#mortals.reduce((sum, mortal) => sum + mortal.deaths, 0);
    this.#o.onProgress?.(
      `${seconds} s: ${text}; ${this.#reorgs} reorgs, ${deaths} deaths, ${this.#cut} cuts`,
    );
  }
}
