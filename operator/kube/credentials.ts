import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { RequestOptions } from "node:https";
import type { ConnectionOptions } from "node:tls";
import type { KubeConfig } from "@kubernetes/client-node";
import type { Clock } from "./clock.ts";

/** What a connection to the server must know of certificates. */
export type TlsOptions = Pick<
  ConnectionOptions,
  "ca" | "cert" | "key" | "rejectUnauthorized" | "servername"
>;

/** How to sign in and whom to trust, as of now. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsOptions;
  /** The same while the TLS part is the same: connections can be kept. */
  readonly tlsKey: string;
}

// Projected tokens and CA bundles are replaced in place; half a minute of an old one is harmless.
const REREAD_MS = 30_000;

/** Reads credentials through a KubeConfig, again twice a minute: tokens and CAs are rotated on disk. */
export class CredentialSource {
  readonly #config: KubeConfig;
  readonly #clock: Clock;
  #current: { credentials: Promise<Credentials>; readAt: number } | undefined;

  constructor(config: KubeConfig, clock: Clock) {
    this.#config = config;
    this.#clock = clock;
  }

  /** The credentials of this half minute. */
  get(): Promise<Credentials> {
    const now = this.#clock.monotonic();
    if (!this.#current || now - this.#current.readAt >= REREAD_MS) {
      const current = { credentials: read(this.#config), readAt: now };
      this.#current = current;
      // A file may be missing for a moment while it is replaced: the next call reads it again.
      current.credentials.catch(() => {
        if (this.#current === current) this.#current = undefined;
      });
    }
    return this.#current.credentials;
  }

  /** The server did not accept them: the next call reads them again. */
  forget(): void {
    this.#current = undefined;
  }
}

async function read(config: KubeConfig): Promise<Credentials> {
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    if (value !== undefined) headers[name.toLowerCase()] = String(value);
  }
  if (options.auth) headers["authorization"] = `Basic ${btoa(options.auth)}`;
  // KubeConfig keeps a token file for a minute of its own, on top of ours; and keeps its newline.
  const tokenFile: unknown = config.getCurrentUser()?.authProvider?.config?.tokenFile;
  if (typeof tokenFile === "string") {
    headers["authorization"] = `Bearer ${(await readFile(tokenFile, "utf8")).trim()}`;
  }
  const tls = tlsOf(options);
  return { headers, tls, tlsKey: keyOf(tls) };
}

function tlsOf(options: RequestOptions): TlsOptions {
  const { ca, cert, key, rejectUnauthorized, servername } = options;
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
    ...(servername === undefined ? {} : { servername }),
  };
}

// A hash, so that no private key is kept as a map's key or shown by an inspector.
function keyOf(tls: TlsOptions): string {
  return createHash("sha256")
    .update(JSON.stringify(Object.entries(tls).map(([name, value]) => [name, String(value)])))
    .digest("hex");
}
