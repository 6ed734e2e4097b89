import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { parse, parseAllDocuments } from "yaml";

/** Argo CD finds what it is told to look for: a path that is not there shows only when it deploys. */

const root = join(import.meta.dirname, "..", "..");
const argocd = join(root, "manifests", "argocd");

interface Source {
  readonly repoURL: string;
  readonly path?: string;
  readonly chart?: string;
  readonly targetRevision: string;
  readonly ref?: string;
  readonly helm?: { readonly valueFiles?: readonly string[] };
}

interface Application {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Record<string, string> };
  readonly spec: {
    readonly project: string;
    readonly source?: Source;
    readonly sources?: readonly Source[];
  };
}

const objects = globSync(["apps/base/*.yaml", "root/*.yaml"], { cwd: argocd }).flatMap((file) =>
  parseAllDocuments(readFileSync(join(argocd, file), "utf8")).map(
    (document) => document.toJS() as Application,
  ),
);
const applications = objects.filter(({ kind }) => kind === "Application");
const sourcesOf = ({ spec }: Application) => [
  ...(spec.sources ?? []),
  ...(spec.source ? [spec.source] : []),
];
const environments = ["dev", "staging", "production"];

describe("what Argo CD is told", () => {
  it("names only folders and values files that exist, in every environment", () => {
    const paths = applications
      .flatMap(sourcesOf)
      .flatMap(({ path, helm }) => [
        ...(path === undefined ? [] : [path]),
        ...(helm?.valueFiles ?? []).map((file) => file.replace("$repo/", "")),
      ]);
    assert.ok(paths.length > 15);
    const everywhere = paths.flatMap((path) =>
      environments.map((environment) => path.replace("/production", `/${environment}`)),
    );
    const missing = [...new Set(everywhere)].filter((path) => !existsSync(join(root, path)));
    assert.deepEqual(missing, []);
  });

  it("lists every Application in its kustomization", () => {
    const listed = parse(readFileSync(join(argocd, "apps", "base", "kustomization.yaml"), "utf8"));
    const files = globSync("*.yaml", { cwd: join(argocd, "apps", "base") });
    const expected = files.filter((file) => file !== "kustomization.yaml").toSorted();
    assert.deepEqual((listed.resources as string[]).toSorted(), expected);
  });

  it("brings definitions and operators before what needs them, and the games last", () => {
    const wave = (name: string) => {
      const found = applications.find(({ metadata }) => metadata.name === name);
      return Number(found?.metadata.annotations?.["argocd.argoproj.io/sync-wave"] ?? "0");
    };
    const order = [
      ["prometheus-crds", "kube-prometheus-stack"],
      ["kube-prometheus-stack", "monitoring"],
      ["external-secrets", "secrets"],
      ["secrets", "pitboss"],
      ["envoy-gateway", "gateway"],
      ["pitboss", "games"],
    ] as const;
    for (const [first, second] of order) {
      assert.ok(wave(first) < wave(second), `${first} is not before ${second}`);
    }
  });

  it("lets the games' project touch nothing but our kinds", () => {
    const project = objects.find(
      ({ kind, metadata }) => kind === "AppProject" && metadata.name === "games",
    );
    const spec = project?.spec as unknown as Record<string, unknown>;
    assert.deepEqual(spec["clusterResourceWhitelist"], []);
    assert.deepEqual(spec["namespaceResourceWhitelist"], [{ group: "pitboss.dev", kind: "*" }]);
    const games = applications.find(({ metadata }) => metadata.name === "games");
    assert.equal(games?.spec.project, "games");
  });
});
