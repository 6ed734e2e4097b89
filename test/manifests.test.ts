import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "mocha";
import { Agent, request } from "undici";
import { chainAgentSettings } from "../chain-agent/config.ts";
import { lobbySettings } from "../lobby/config.ts";
import { readBase } from "../local/install/documents.ts";
import { stamp, stampFile } from "../manifests/render.ts";
import { settings as operatorSettings } from "../operator/config.ts";
import { kinds } from "../operator/platform/kinds.ts";
import { runtimeSettings } from "../runtime/config.ts";
import { type TestCluster, testCluster } from "./harness/control-plane.ts";

interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
  rules?: { apiGroups: string[]; resources: string[]; verbs: string[] }[];
  spec?: { template?: { spec: { containers: { env?: { name: string }[] }[] } } };
}

const root = join(import.meta.dirname, "..");
const base = join(root, "manifests", "base");
const objects = (await readBase(base)) as unknown as Manifest[];

function named(kind: string, name: string): Manifest {
  return objects.find((it) => it.kind === kind && it.metadata.name === name) ?? assert.fail(name);
}

function environmentOf(deployment: string): string[] {
  const { spec } = named("Deployment", deployment);
  return (spec?.template?.spec.containers ?? []).flatMap(({ env = [] }) =>
    env.map(({ name }) => name),
  );
}

/** Read by the C library, not by us. */
const TUNING = ["MALLOC_ARENA_MAX"];

describe("manifests/base", () => {
  it("was rendered from the chart as it is now", async () => {
    const cure = "node bootstrap.js test/platform/fetch.ts helm, then npm run generate";
    assert.equal(readFileSync(join(root, stampFile), "utf8"), await stamp(), cure);
  });

  it("sets only what the processes read", () => {
    const unknown = [
      ...environmentOf("pitboss-operator").filter((name) => !(name in operatorSettings)),
      ...environmentOf("pitboss-lobby").filter((name) => !(name in lobbySettings)),
    ];
    assert.deepEqual(
      unknown.filter((name) => !TUNING.includes(name)),
      [],
    );
  });

  it("is documented in words that the processes know", () => {
    const known = {
      ...operatorSettings,
      ...runtimeSettings,
      ...lobbySettings,
      ...chainAgentSettings,
    };
    const pages = globSync(["docs/**/*.md", "manifests/**/*.yaml"], { cwd: root });
    // $(PITBOSS_…) is filled in by the operator.
    const unknown = pages.flatMap((file) =>
      [...readFileSync(join(root, file), "utf8").matchAll(/(?<!\$\()\bPITBOSS_[A-Z_]*[A-Z]\b/g)]
        .map(([name]) => name)
        .filter((name) => !(name in known) && name !== "PITBOSS_HOME")
        .map((name) => `${file}: ${name}`),
    );
    assert.deepEqual(unknown, []);
  });

  it("gives the operator the rights that its controllers need, and no wildcard", () => {
    const { rules = [] } = named("ClusterRole", "pitboss-games");
    const verbsOf = (group: string, resource: string) =>
      rules
        .filter((rule) => rule.apiGroups.includes(group) && rule.resources.includes(resource))
        .flatMap(({ verbs }) => verbs);
    const children = ["get", "list", "watch", "create", "patch", "delete"];
    const needed: { [kind: string]: string[] } = {
      Game: ["get", "list", "watch", "patch"],
      Jackpot: ["get", "list", "watch", "patch"],
      Chain: ["get", "list", "watch", "patch"],
      Pod: ["get", "list", "watch"],
      ReplicaSet: ["get", "list", "watch"],
    };
    for (const { apiVersion, kind, plural } of Object.values(kinds)) {
      const group = apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
      assert.deepEqual(
        verbsOf(group, plural).toSorted(),
        (needed[kind] ?? children).toSorted(),
        kind,
      );
    }
    assert.ok(!JSON.stringify(objects.map(({ rules }) => rules)).includes("*"));
  });
});

describe("manifests/base on the API server", function () {
  this.timeout(120_000);
  let cluster: TestCluster;
  let dispatcher: Agent;

  before(async () => {
    cluster = await testCluster();
    dispatcher = new Agent({ connect: { ca: readFileSync(cluster.caFile, "utf8") } });
    for (const namespace of objects.filter(({ kind }) => kind === "Namespace")) {
      await apply(namespace, false);
    }
  });

  async function apply(object: Manifest, tried: boolean): Promise<string[]> {
    const { apiVersion, kind, metadata } = object;
    const plural = kind.endsWith("y") ? `${kind.slice(0, -1)}ies` : `${kind}s`;
    const prefix = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const scope = metadata.namespace ? `/namespaces/${metadata.namespace}` : "";
    const path = `${prefix}${scope}/${plural.toLowerCase()}/${metadata.name}`;
    const query = `?fieldManager=test&force=true&fieldValidation=Strict${tried ? "&dryRun=All" : ""}`;
    const { statusCode, headers, body } = await request(new URL(path + query, cluster.url), {
      method: "PATCH",
      dispatcher,
      headers: {
        authorization: `Bearer ${cluster.adminToken}`,
        "content-type": "application/apply-patch+yaml",
      },
      body: JSON.stringify(object),
    });
    assert.ok(statusCode < 300, `${path}: ${await body.text()}`);
    await body.dump();
    return [headers["warning"] ?? []].flat();
  }

  // The Gateway API is not part of Kubernetes.
  for (const object of objects.filter(({ apiVersion }) => !apiVersion.startsWith("gateway."))) {
    const { kind, metadata } = object;
    it(`has a ${kind} ${metadata.name} that is accepted without a warning`, async () => {
      assert.deepEqual(await apply(object, true), []);
    });
  }
});
