import type { Client } from "../kube/client.ts";
import type { KubeObject } from "../kube/object.ts";
import { isCurrent, issue, type KeyPair, newAuthority, type Subject } from "./certificates.ts";
import { kinds } from "./kinds.ts";
import { readSecret } from "./secrets.ts";

/** The keys of a Secret with a certificate, as cert-manager names them too. */
const CERT = "tls.crt";
const KEY = "tls.key";
const CA = "ca.crt";

export interface AuthorityOptions {
  readonly client: Pick<Client, "find" | "apply">;
  readonly namespace: string;
  readonly secretName: string;
  readonly now?: () => Date;
}

/**
 * The authority by which the chains' agents and their callers know each other. It is made once and kept in
 * a Secret; whoever loses that gets another one, and with it new certificates for all.
 */
export class Authority {
  readonly #options: AuthorityOptions;
  readonly #now: () => Date;
  #pair: Promise<KeyPair> | undefined;

  constructor(options: AuthorityOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => new Date());
  }

  /** The authority, read once and made where there is none. A failure is tried again at the next call. */
  current(): Promise<KeyPair> {
    this.#pair ??= this.#open().catch((error: unknown) => {
      this.#pair = undefined;
      throw error;
    });
    return this.#pair;
  }

  /** A certificate for the subject: the given one while it is good, else a new one. */
  async certificate(given: KeyPair | undefined, subject: Subject): Promise<KeyPair> {
    const authority = await this.current();
    if (given && isCurrent(given, authority, subject, this.#now())) return given;
    return issue(authority, subject, this.#now());
  }

  /** Keeps a client's certificate in a Secret of the operator's own namespace; writes where it is not good. */
  async keepClient(secretName: string, subject: Subject): Promise<void> {
    const authority = await this.current();
    const { client, namespace } = this.#options;
    const secret = await client.find(kinds.secret, { namespace, name: secretName });
    const given = pairIn(secret);
    const pair = await this.certificate(given, subject);
    if (pair === given && readSecret(secret, CA) === authority.cert) return;
    await this.#keep(secretName, { [CERT]: pair.cert, [KEY]: pair.key, [CA]: authority.cert });
  }

  async #open(): Promise<KeyPair> {
    const { client, namespace, secretName } = this.#options;
    const known = pairIn(await client.find(kinds.secret, { namespace, name: secretName }));
    if (known) return known;
    const made = newAuthority("pitboss chains", this.#now());
    await this.#keep(secretName, { [CERT]: made.cert, [KEY]: made.key });
    return made;
  }

  async #keep(name: string, data: Record<string, string>): Promise<void> {
    const { client, namespace } = this.#options;
    const encoded = Object.entries(data).map(([key, text]) => [
      key,
      Buffer.from(text, "utf8").toString("base64"),
    ]);
    await client.apply(kinds.secret, {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { namespace, name, labels: { "app.kubernetes.io/part-of": "pitboss" } },
      ...{ type: "Opaque", data: Object.fromEntries(encoded) },
    } as KubeObject);
  }
}

function pairIn(secret: KubeObject | undefined): KeyPair | undefined {
  const [cert, key] = [readSecret(secret, CERT), readSecret(secret, KEY)];
  return cert && key ? { cert, key } : undefined;
}
