import { connect, readSettings } from "../database/connect.ts";
import { DatabaseAway } from "../database/failure.ts";
import { migrateShared } from "../database/migrate.ts";
import type { Database, Failure, PlatformLimits } from "../database/types.ts";
import { failedWith } from "../kube/api-error.ts";
import type { Client } from "../kube/client.ts";
import type { Logger } from "../kube/logger.ts";
import type { KubeObject } from "../kube/object.ts";
import { findingOf } from "./failures.ts";
import type { Finding } from "./finding.ts";
import { kinds } from "./kinds.ts";
import { ensurePlatformKey } from "./platform-key.ts";
import { CA_KEY, DATABASE_KEYS, readSecret } from "./secrets.ts";

/** The database in use; `epoch` changes with every new connection. */
export interface Link {
  readonly db: Database;
  readonly platformKey: Buffer;
  readonly epoch: number;
}

export interface PlatformDatabaseOptions {
  readonly client: Client;
  readonly logger: Logger;
  readonly namespace: string;
  readonly secretName: string;
  readonly keySecretName: string;
  readonly limits: PlatformLimits;
}

const CALM_MS = 5_000;
const EAGER_MS = 1_500;

/**
 * The platform's database: where its Secret says it is, with the shared schema migrated. Looked at
 * again and again, so that a Secret that appears or changes, and a database that goes and comes, are
 * noticed by themselves.
 */
export class PlatformDatabase {
  readonly #options: PlatformDatabaseOptions;
  #link: Link | undefined;
  #finding: Finding = { reason: "DatabaseUnreachable", message: "not looked at yet" };
  #secretVersion: string | undefined;
  #epoch = 0;
  readonly #listeners: (() => void)[] = [];
  #misses = 0;
  /** Somebody met a database that was away, while the link itself may never have been given up. */
  #wasMissed = false;
  #looking: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: PlatformDatabaseOptions) {
    this.#options = options;
  }

  /** Called when the database has come, gone, or has another fault: every object has to be looked at. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** The database, or why there is none. */
  current(): { readonly link: Link } | { readonly failed: Finding } {
    return this.#link ? { link: this.#link } : { failed: this.#finding };
  }

  /** Looks once, then again every few seconds until stopped. */
  async start(): Promise<void> {
    await this.look();
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.start(), this.#link ? CALM_MS : EAGER_MS).unref();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#looking;
    await this.#close();
  }

  /** A call found the database away: says so to every object without waiting for the next look. */
  lost(failure: DatabaseAway): Finding {
    const finding = findingOf({ problem: failure.problem, message: failure.message });
    if (this.#link) {
      this.#wasMissed = true;
      void this.look();
    }
    return finding;
  }

  /** Brings the link in line with the Secret and the database. Never throws. */
  look(): Promise<void> {
    this.#looking ??= this.#look()
      .catch((error: unknown) => this.#failed(unexpected(error)))
      .finally(() => {
        this.#looking = undefined;
      });
    return this.#looking;
  }

  async #look(): Promise<void> {
    const { client, namespace, secretName } = this.#options;
    let secret: KubeObject | undefined;
    try {
      secret = await client.find(kinds.secret, { namespace, name: secretName });
    } catch (error) {
      // The API server being away says nothing about the database.
      if (failedWith(error, "away", "busy") && this.#link) return;
      throw error;
    }
    const version = secret?.metadata.resourceVersion;
    if (this.#link && version === this.#secretVersion) return this.#ping(this.#link);
    await this.#close();
    const opened = await this.#open(secret);
    if ("failed" in opened) return this.#failed(opened.failed);
    this.#secretVersion = version;
    this.#link = opened.link;
    this.#misses = 0;
    this.#options.logger.info({ epoch: opened.link.epoch }, "the platform's database is in use");
    this.#changed();
  }

  async #open(secret: KubeObject | undefined): Promise<{ link: Link } | { failed: Finding }> {
    const { client, namespace, secretName, keySecretName, limits, logger } = this.#options;
    const where = `Secret ${namespace}/${secretName}`;
    if (!secret) return { failed: secretMissing(where) };
    const keys = [...DATABASE_KEYS, CA_KEY];
    const settings = readSettings(
      Object.fromEntries(keys.map((key) => [key, readSecret(secret, key)])),
    );
    if ("problem" in settings) {
      return { failed: findingOf({ ...settings, message: `${where}: ${settings.message}` }) };
    }
    const onIdleError = (error: Error) => logger.debug({ err: error }, "a connection broke");
    const connected = await connect(settings.ok, limits, { onIdleError, poolSize: 8 });
    if ("problem" in connected) return { failed: findingOf(connected) };
    const db = connected.ok;
    try {
      const migrated = await migrateShared(db);
      if ("problem" in migrated) return await this.#refuse(db, migrated);
      const key = await ensurePlatformKey(client, db, { namespace, name: keySecretName });
      if ("failed" in key) {
        await db.close();
        return key;
      }
      this.#epoch += 1;
      return { link: { db, platformKey: key.key, epoch: this.#epoch } };
    } catch (error) {
      await db.close();
      throw error;
    }
  }

  async #refuse(db: Database, failure: Failure): Promise<{ failed: Finding }> {
    await db.close();
    return { failed: findingOf(failure) };
  }

  async #ping({ db }: Link): Promise<void> {
    try {
      await db.pool.query("SELECT");
      this.#misses = 0;
      this.#lookedFor();
    } catch (error) {
      // One broken connection is no outage: the next look decides.
      this.#misses += 1;
      if (this.#misses < 2) {
        setTimeout(() => void this.look(), 500).unref();
        return;
      }
      this.#options.logger.warn({ err: error }, "the platform's database is away");
      await this.#close();
      const { host, port } = db.settings;
      const message = `Database ${db.settings.database} at ${host}:${port} does not answer (${messageOf(error)}). Bring it back, or correct the platform's database Secret; it is tried again`;
      this.#failed({ reason: "DatabaseUnreachable", message });
    }
  }

  /** It was away too shortly for the link to go: who was turned away is told, at most once in a while. */
  #lookedFor(): void {
    if (!this.#wasMissed) return;
    this.#wasMissed = false;
    setTimeout(() => {
      if (!this.#stopped) this.#changed();
    }, EAGER_MS).unref();
  }

  #failed(finding: Finding): void {
    const changed = finding.message !== this.#finding.message || this.#link !== undefined;
    this.#finding = finding;
    if (!changed) return;
    this.#options.logger.warn(finding, "the platform's database cannot be used");
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }

  async #close(): Promise<void> {
    const db = this.#link?.db;
    this.#link = undefined;
    await db?.close();
  }
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

function secretMissing(where: string): Finding {
  const message = `${where} does not exist. Create it with the keys ${DATABASE_KEYS.join(", ")} and, for TLS with a CA of its own, ${CA_KEY}`;
  return { reason: "PlatformDatabaseMissing", message };
}

function unexpected(error: unknown): Finding {
  if (error instanceof DatabaseAway) {
    return findingOf({ problem: error.problem, message: error.message });
  }
  return { reason: "InternalError", message: messageOf(error) };
}
