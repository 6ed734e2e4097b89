import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { GameSpec } from "../../../crds/generated/game.ts";
import type { Platform } from "../../config.ts";
import { game, platform, REVISION } from "../testing/samples.ts";
import { buildDeployment } from "./deployment.ts";

interface Container {
  env: { name: string; value?: string }[];
  resources: { requests: Record<string, string>; limits: Record<string, string> };
  securityContext: object;
  lifecycle: object;
  ports: { name: string }[];
}

interface Spec {
  replicas?: number;
  selector: object;
  strategy: object;
  template: {
    metadata: { labels: Record<string, string> };
    spec: Record<string, unknown> & { containers: [Container]; volumes: { name: string }[] };
  };
}

function build(
  change: Partial<GameSpec> = {},
  settings: Partial<Platform> = {},
  certified = false,
) {
  const one = game(change);
  const facts = { revision: REVISION, replicas: one.spec.replicas, certified };
  return buildDeployment(one, platform(settings), facts)["spec"] as Spec;
}

const env = (spec: Spec, name: string) =>
  spec.template.spec.containers[0].env.find((variable) => variable.name === name)?.value;

describe("a game's Deployment", () => {
  it("tells the runtime everything that it reads, and nothing else of ours", () => {
    const names = build().template.spec.containers[0].env.map(({ name }) => name);
    assert.deepEqual(names, [
      "PITBOSS_GAME",
      "PITBOSS_NAMESPACE",
      "PITBOSS_REVISION_FILE",
      "PITBOSS_DATABASE_DIR",
      "PITBOSS_SEED_KEY_FILE",
      "PITBOSS_DATABASE_POOL",
      "PITBOSS_HTTP_PORT",
      "PITBOSS_OPERATIONS_PORT",
      "PITBOSS_ISSUER",
      "PITBOSS_AUDIENCE",
      "PITBOSS_JWKS",
      "PITBOSS_GRACE_SECONDS",
      "PITBOSS_LOG_LEVEL",
      "PITBOSS_POD",
      "MALLOC_ARENA_MAX",
    ]);
  });

  it("lets a Game choose what only tunes the process, and names no variable twice", () => {
    const chosen = build({ template: { env: [{ name: "MALLOC_ARENA_MAX", value: "4" }] } });
    assert.equal(env(chosen, "MALLOC_ARENA_MAX"), "4");
    const names = chosen.template.spec.containers[0].env.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
  });

  const pools: [GameSpec["replicas"], GameSpec["autoscaling"], string][] = [
    [1, undefined, "9"],
    [3, undefined, "4"],
    [undefined, { min: 1, max: 10, targetCPU: 70 }, "1"],
    [undefined, { min: 1, max: 100, targetCPU: 70 }, "1"],
  ];
  for (const [replicas, autoscaling, pool] of pools) {
    it(`gives each of ${replicas ?? autoscaling?.max} pods and the surge ${pool} connections`, () => {
      const change = autoscaling ? { autoscaling } : { replicas: replicas ?? 1 };
      assert.equal(env(build(change), "PITBOSS_DATABASE_POOL"), pool);
    });
  }

  it("is admitted where pod security is restricted", () => {
    const { spec } = build().template;
    assert.deepEqual(spec["securityContext"], {
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      fsGroup: 1000,
      seccompProfile: { type: "RuntimeDefault" },
    });
    assert.deepEqual(spec.containers[0].securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    assert.equal(spec["automountServiceAccountToken"], false);
    assert.equal(spec["enableServiceLinks"], false);
  });

  it("replaces a pod only when another is ready, and lets it go when nobody asks it any more", () => {
    const { strategy, template } = build();
    assert.deepEqual(strategy, {
      type: "RollingUpdate",
      rollingUpdate: { maxUnavailable: 0, maxSurge: 1 },
    });
    assert.deepEqual(template.spec.containers[0].lifecycle, { preStop: { sleep: { seconds: 5 } } });
    const grace = Number(template.spec["terminationGracePeriodSeconds"]);
    assert.ok(grace > 5 + Number(env(build(), "PITBOSS_GRACE_SECONDS")));
  });

  it("names the revision in the pods' labels and in the volume, but not in the selector", () => {
    const { selector, template } = build();
    assert.equal(template.metadata.labels["pitboss.dev/revision"], REVISION);
    const volume = template.spec.volumes.find(({ name }) => name === "revision");
    assert.deepEqual(volume, {
      name: "revision",
      configMap: { name: `coin-flip-${REVISION}` },
    });
    assert.deepEqual(selector, { matchLabels: { "pitboss.dev/game": "coin-flip" } });
  });

  it("states the number of pods only where no autoscaler does", () => {
    assert.equal(build().replicas, 2);
    assert.equal(build({ autoscaling: { min: 1, max: 3, targetCPU: 70 } }).replicas, undefined);
  });

  it("takes from the template what a Game may say", () => {
    const { spec } = build({
      template: {
        resources: { limits: { memory: "1Gi" }, requests: { cpu: 2 } },
        nodeSelector: { pool: "games" },
        tolerations: [{ key: "games", operator: "Exists" }],
        env: [{ name: "TZ", value: "UTC" }],
      },
    }).template;
    assert.deepEqual(spec.containers[0].resources, {
      requests: { cpu: 2, memory: "128Mi" },
      limits: { memory: "1Gi" },
    });
    assert.deepEqual(spec["nodeSelector"], { pool: "games" });
    assert.deepEqual(spec["tolerations"], [{ key: "games", operator: "Exists" }]);
    assert.deepEqual(spec.containers[0].env.at(-1), { name: "TZ", value: "UTC" });
  });

  it("mounts a CA only where there is one, and fetches keys only where they have an address", () => {
    assert.ok(!JSON.stringify(build()).includes("ca.crt"));
    assert.ok(JSON.stringify(build({}, {}, true)).includes("ca.crt"));
    const fetched = build({}, { jwks: { url: "https://keys.example" } });
    assert.equal(env(fetched, "PITBOSS_JWKS_URL"), "https://keys.example");
    assert.equal(env(fetched, "PITBOSS_JWKS"), undefined);
  });
});
