import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { until } from "../../test/harness/until.ts";
import { games, type Running, World } from "../../test/harness/world.ts";

/** What a user might do to a child, and what it should be again. */
const edits: Record<string, { change: object; field: (child: never) => unknown }> = {
  Secret: {
    change: { data: { host: "eA==" } },
    field: ({ data }: { data: Record<string, string> }) => data["host"],
  },
  Deployment: {
    change: { spec: { replicas: 7, template: { spec: { terminationGracePeriodSeconds: 120 } } } },
    field: ({ spec }: { spec: { replicas: number; template: { spec: object } } }) => [
      spec.replicas,
      Reflect.get(spec.template.spec, "terminationGracePeriodSeconds"),
    ],
  },
  Service: {
    change: { spec: { selector: { "pitboss.dev/game": "other" } } },
    field: ({ spec }: { spec: { selector: object } }) => spec.selector,
  },
  HorizontalPodAutoscaler: {
    change: { spec: { maxReplicas: 99 } },
    field: ({ spec }: { spec: { maxReplicas: number } }) => spec.maxReplicas,
  },
  PodDisruptionBudget: {
    change: { spec: { maxUnavailable: 5 } },
    field: ({ spec }: { spec: { maxUnavailable: number } }) => spec.maxUnavailable,
  },
  NetworkPolicy: {
    change: { spec: { egress: null } },
    field: ({ spec }: { spec: { egress: unknown } }) => spec.egress,
  },
  Ingress: {
    change: { spec: { ingressClassName: "other" } },
    field: ({ spec }: { spec: { ingressClassName: string } }) => spec.ingressClassName,
  },
};

describe("a Game's children that somebody changes", function () {
  this.timeout(60_000);
  let world: World;
  let running: Running;
  let name: string;

  before(async () => {
    world = await World.create();
    running = await world.start({ environment: { PITBOSS_INGRESS_CLASS: "alb" } });
    name = world.database.gameName("drift");
    await world.applyGame(name);
    await world.says(name, "Ready", "Ready");
  });

  after(async () => {
    await world?.end();
  });

  const nameOf = async (kind: string): Promise<string> => {
    const [child] = await world.children(kind, name);
    assert.ok(child, kind);
    return child.metadata.name;
  };

  for (const [kind, { change, field }] of Object.entries(edits)) {
    it(`are put right and made again: ${kind}`, async () => {
      if (kind === "HorizontalPodAutoscaler") {
        const spec = { replicas: null, autoscaling: { min: 1, max: 3 } };
        await world.user.merge(games(world.casino, name), { spec });
        await until("it is there", async () => (await world.children(kind, name)).length === 1);
      }
      const path = world.child(kind, await nameOf(kind));
      const expected = field((await world.user.get(path)) as never);
      await world.user.merge(path, change);
      await until(`${kind} is put right`, async () => {
        const child = await world.user.get(path);
        return child && JSON.stringify(field(child as never)) === JSON.stringify(expected);
      });
      await world.user.remove(path, { propagationPolicy: "Background" });
      await until(`${kind} is made again`, async () => {
        const child = await world.user.get(path);
        return child && JSON.stringify(field(child as never)) === JSON.stringify(expected);
      });
    });
  }

  it("are made again: ConfigMap, which cannot be changed", async () => {
    const path = world.child("ConfigMap", await nameOf("ConfigMap"));
    const before = await world.user.get(path);
    await world.user.remove(path);
    const after = await until("it is made again", async () => {
      const child = await world.user.get(path);
      return child?.metadata.uid !== before?.metadata.uid && child;
    });
    assert.deepEqual(after["data"], before?.["data"]);
  });

  it("are known again when they lose our labels", async () => {
    const path = world.child("Service", name);
    await world.user.merge(path, { metadata: { labels: { "app.kubernetes.io/part-of": null } } });
    await until("the label is back", async () => {
      const child = await world.user.get(path);
      return child?.metadata.labels?.["app.kubernetes.io/part-of"] === "pitboss";
    });
  });

  it("leave the Game Ready and at rest", async () => {
    await world.says(name, "Ready", "Ready");
    await world.quiet(running);
  });

  const foreign: Record<string, object> = {
    Service: { apiVersion: "v1", kind: "Service", spec: { ports: [{ port: 1 }] } },
    NetworkPolicy: {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      spec: { podSelector: {}, policyTypes: ["Ingress"] },
    },
    Deployment: {
      apiVersion: "apps/v1",
      kind: "Deployment",
      spec: {
        replicas: 0,
        selector: { matchLabels: { mine: "yes" } },
        template: {
          metadata: { labels: { mine: "yes" } },
          spec: { containers: [{ name: "mine", image: "mine" }] },
        },
      },
    },
  };
  for (const [kind, object] of Object.entries(foreign)) {
    it(`are not taken from somebody else: ${kind}`, async () => {
      const taken = world.database.gameName("foreign");
      const path = world.child(kind, taken);
      await world.user.apply(path, { ...object, metadata: { name: taken } });
      const before = await world.user.get(path);
      await world.applyGame(taken);
      const said = await world.says(taken, "RuntimeAvailable", "ChildNotOurs");
      assert.match(said.message, new RegExp(`${kind} ${taken} exists.*kubectl delete`));
      assert.deepEqual((await world.user.get(path))?.["spec"], before?.["spec"]);
      await world.user.remove(path);
      await world.user.merge(games(world.casino, taken), { spec: { title: "Now then" } });
      await world.says(taken, "Ready", "Ready");
      await world.user.remove(games(world.casino, taken));
      await world.gone(games(world.casino, taken));
    });
  }
});
