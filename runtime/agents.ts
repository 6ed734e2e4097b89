import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Agent } from "../chain-agent/client.ts";

export type { Agent } from "../chain-agent/client.ts";

export interface AgentSettings {
  /** gRPC target with {namespace} and {name} for the Chain's. */
  readonly target: string;
  /** Folder with ca.crt, tls.crt and tls.key; empty: in clear. */
  readonly tlsDir: string;
}

/** The agents of each Chain. gRPC is loaded with the first of them: a lobby without a chain stays small. */
export class Agents {
  readonly #settings: AgentSettings;
  readonly #known = new Map<string, Promise<Agent>>();

  constructor(settings: AgentSettings) {
    this.#settings = settings;
  }

  /** The agents of a Chain, given as namespace/name. */
  of(chain: string): Promise<Agent> {
    const known = this.#known.get(chain);
    if (known !== undefined) return known;
    const connecting = this.#connect(chain);
    this.#known.set(chain, connecting);
    // What failed once, such as a certificate that is not mounted yet, is tried anew.
    connecting.catch(() => this.#known.delete(chain));
    return connecting;
  }

  async stop(): Promise<void> {
    const agents = await Promise.allSettled(this.#known.values());
    for (const agent of agents) if (agent.status === "fulfilled") agent.value.close();
    this.#known.clear();
  }

  async #connect(chain: string): Promise<Agent> {
    const { connectAgent } = await import("../chain-agent/client.ts");
    const [namespace = "", name = ""] = chain.split("/");
    const address = this.#settings.target
      .replaceAll("{namespace}", namespace)
      .replaceAll("{name}", name);
    return connectAgent({ address, ...(await this.#trust()) });
  }

  async #trust(): Promise<{ ca?: string; cert?: string; key?: string }> {
    const { tlsDir } = this.#settings;
    if (tlsDir === "") return {};
    const files = ["ca.crt", "tls.crt", "tls.key"].map((name) => join(tlsDir, name));
    const [ca = "", cert = "", key = ""] = await Promise.all(
      files.map((file) => readFile(file, "utf8")),
    );
    return { ca, cert, key };
  }
}
