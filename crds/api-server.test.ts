import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { Agent, request } from "undici";
import { type TestCluster, testCluster } from "../test/harness/control-plane.ts";
import type { Case } from "./case.ts";
import { cases } from "./cases.ts";
import { kindNames } from "./schemas.ts";

interface Answer {
  status: number;
  body: {
    message?: string;
    metadata?: { resourceVersion?: string };
    spec?: { replicas?: number };
    columnDefinitions?: { name: string; priority: number }[];
  };
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** The API server as kubectl uses it: strict about unknown fields, and without keeping what it is asked. */
class Api {
  readonly #cluster: TestCluster;
  readonly #agent: Agent;

  constructor(cluster: TestCluster) {
    this.#cluster = cluster;
    this.#agent = new Agent({ connect: { ca: readFileSync(cluster.caFile, "utf8") } });
  }

  async call(method: Method, path: string, body?: string): Promise<Answer> {
    const patch = path.includes("/scale") ? "merge-patch+json" : "apply-patch+yaml";
    const type = `application/${method === "PATCH" ? patch : "json"}`;
    const { statusCode, body: answer } = await request(new URL(path, this.#cluster.url), {
      method,
      dispatcher: this.#agent,
      headers: {
        accept: path.endsWith("as=table")
          ? "application/json;as=Table;g=meta.k8s.io;v=v1"
          : "application/json",
        authorization: `Bearer ${this.#cluster.adminToken}`,
        "content-type": type,
      },
      ...(body !== undefined && { body }),
    });
    const text = await answer.text();
    // A path that is not served yet is answered in plain text.
    const json = text.startsWith("{") ? text : "{}";
    return { status: statusCode, body: JSON.parse(json) };
  }

  /** Installs the CRDs; applying them again changes nothing. */
  async install(): Promise<void> {
    const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    for (const kind of kindNames) {
      const path = `${definitions}/${kind}s.pitboss.dev`;
      const yaml = readFileSync(join(import.meta.dirname, `${kind}.yaml`), "utf8");
      const { status, body } = await this.call(
        "PATCH",
        `${path}?fieldManager=test&force=true`,
        yaml,
      );
      assert.ok(status < 300, body.message);
      await this.#served(`/apis/pitboss.dev/v1alpha1/${kind}s`);
    }
  }

  async #served(path: string): Promise<void> {
    for (let tries = 0; tries < 100; tries += 1) {
      if ((await this.call("GET", path)).status === 200) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.fail(`${path} is not served`);
  }

  /** What the API server says of a case, tried without effect. */
  async judge({ object, old }: Case): Promise<Answer> {
    const { kind } = object as { kind: string };
    const collection = `/apis/pitboss.dev/v1alpha1/namespaces/default/${kind.toLowerCase()}s`;
    const options = "dryRun=All&fieldValidation=Strict";
    if (old === undefined) {
      return this.call("POST", `${collection}?${options}`, JSON.stringify(object));
    }
    const { name } = (old as { metadata: { name: string } }).metadata;
    const before = await this.call("POST", collection, JSON.stringify(old));
    assert.equal(before.status, 201, before.body.message);
    const { metadata } = object as { metadata: object };
    const { resourceVersion } = before.body.metadata ?? {};
    const update = { ...object, metadata: { ...metadata, resourceVersion } };
    const answer = await this.call(
      "PUT",
      `${collection}/${name}?${options}`,
      JSON.stringify(update),
    );
    await this.call("DELETE", `${collection}/${name}`);
    return answer;
  }

  async close(): Promise<void> {
    await this.#agent.close();
  }
}

describe("the API server, by the same table of cases", function () {
  this.timeout(120_000);
  let api: Api;

  before(async () => {
    api = new Api(await testCluster());
    await api.install();
  });
  after(async () => {
    await api.close();
  });

  for (const row of cases) {
    it(`${row.accepts ? "accepts" : "refuses"} ${row.it}${row.old ? " (update)" : ""}`, async () => {
      const { status, body } = await api.judge(row);
      assert.equal(status < 300, row.accepts, `${status} ${body.message}`);
    });
  }

  it("prints what an SRE wants to see of Games", async () => {
    const { body } = await api.call("GET", "/apis/pitboss.dev/v1alpha1/games?as=table");
    const columns = body.columnDefinitions ?? [];
    const shown = (wide: boolean) =>
      columns.filter(({ priority }) => wide || priority === 0).map(({ name }) => name);
    const narrow = ["Name", "Engine", "RTP", "State", "Ready", "Reason", "Pods", "Age"];
    assert.deepEqual(shown(false), narrow);
    assert.deepEqual(shown(true), [...narrow, "Message"]);
  });

  it("scales a Game of fixed size, and keeps kubectl scale from fighting an autoscaler", async () => {
    const games = "/apis/pitboss.dev/v1alpha1/namespaces/default/games";
    for (const [size, status] of [
      [{ replicas: 1 }, 200],
      [{ autoscaling: { max: 3 } }, 422],
    ] as const) {
      const { object } = cases.find(({ it }) => it === "a fixed number of pods") ?? assert.fail();
      const game = object as { metadata: object; spec: object };
      const { replicas: _, ...spec } = game.spec as { replicas: number };
      const metadata = { ...game.metadata, name: "scaled" };
      const made = await api.call(
        "POST",
        games,
        JSON.stringify({ ...game, metadata, spec: { ...spec, ...size } }),
      );
      assert.equal(made.status, 201, made.body.message);
      const scale = JSON.stringify({ spec: { replicas: 5 } });
      const answer = await api.call("PATCH", `${games}/scaled/scale?fieldManager=kubectl`, scale);
      assert.equal(answer.status, status, answer.body.message);
      await api.call("DELETE", `${games}/scaled`);
    }
  });
});
