import { readFileSync } from "node:fs";
import { Agent, request } from "undici";
import type { KubeObject } from "../../operator/kube/object.ts";
import type { TestCluster } from "./control-plane.ts";

/** Any object as a user reads it. */
export type Live = KubeObject & {
  // biome-ignore lint/suspicious/noExplicitAny: tests look into objects of every kind.
  [field: string]: any;
};

/** A person with kubectl: not the operator's client, and another field manager. */
export class User {
  readonly #cluster: TestCluster;
  readonly #agent: Agent;

  constructor(cluster: TestCluster) {
    this.#cluster = cluster;
    this.#agent = new Agent({ connect: { ca: readFileSync(cluster.caFile, "utf8") } });
  }

  async call(
    method: "GET" | "POST" | "PATCH" | "DELETE",
    path: string,
    body?: object | string,
    type = "json",
  ): Promise<{ status: number; body: Live }> {
    const { statusCode, body: answer } = await request(new URL(path, this.#cluster.url), {
      method,
      dispatcher: this.#agent,
      headers: {
        authorization: `Bearer ${this.#cluster.adminToken}`,
        "content-type": `application/${type}`,
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: statusCode, body: text.startsWith("{") ? JSON.parse(text) : {} };
  }

  async apply(path: string, body: object | string): Promise<Live> {
    const url = `${path}?fieldManager=kubectl&force=true`;
    return this.#expect("PATCH", url, body, "apply-patch+yaml");
  }

  async merge(path: string, body: object): Promise<Live> {
    return this.#expect("PATCH", `${path}?fieldManager=kubectl`, body, "merge-patch+json");
  }

  async create(path: string, body: object): Promise<Live> {
    return this.#expect("POST", path, body, "json");
  }

  async remove(path: string, body: object = {}): Promise<void> {
    const { status, body: answer } = await this.call("DELETE", path, body);
    if (status >= 300 && status !== 404)
      throw new Error(`DELETE ${path}: ${JSON.stringify(answer)}`);
  }

  async get(path: string): Promise<Live | undefined> {
    const { status, body } = await this.call("GET", path);
    return status === 200 ? body : undefined;
  }

  async list(path: string): Promise<Live[]> {
    const { status, body } = await this.call("GET", path);
    return status === 200 ? body["items"] : [];
  }

  async close(): Promise<void> {
    await this.#agent.close();
  }

  async #expect(method: "PATCH" | "POST", path: string, sent: object | string, type: string) {
    const { status, body } = await this.call(method, path, sent, type);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${body["message"]}`);
    return body;
  }
}
