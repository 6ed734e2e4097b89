import assert from "node:assert/strict";
import { createRequire } from "node:module";
import dotI from "@dot-i/k8s-operator";
import { Watch } from "@kubernetes/client-node";
import { afterEach, beforeEach, describe, it } from "mocha";
import { Registry } from "prom-client";
import { DotIOperator } from "./dot-i.ts";
import type { Kind, KubeObject } from "./object.ts";
import { OperatorBase, type OperatorSettings } from "./operator.ts";
import { done } from "./result.ts";
import { eventually } from "./testing/eventually.ts";
import { FakeApiServer, refuse, send } from "./testing/fake-api-server.ts";
import { QuietLogger } from "./testing/quiet-logger.ts";

const GAME: Kind = {
  apiVersion: "pitboss.dev/v1alpha1",
  kind: "Game",
  plural: "games",
  namespaced: true,
};
const game = (name: string, more: Partial<KubeObject["metadata"]> = {}): KubeObject => ({
  apiVersion: GAME.apiVersion,
  kind: "Game",
  metadata: { name, namespace: "casino", ...more },
});

type Event = dotI.ResourceEvent;

/** Opens to the test what a subclass sees. */
class TestOperator extends OperatorBase {
  onInit: () => Promise<void> = async () => {};
  onLead: (signal: AbortSignal) => Promise<void> = async () => {};
  readonly open = this as unknown as {
    client: OperatorBase["client"];
    k8sApi: { listNamespace(): unknown };
    informer: OperatorBase["informer"];
    controller: OperatorBase["controller"];
    watchResource(
      group: string,
      version: string,
      plural: string,
      on: (event: Event) => Promise<void>,
    ): Promise<void>;
    handleResourceFinalizer(
      event: Event,
      finalizer: string,
      action: () => Promise<void>,
    ): Promise<boolean>;
    setResourceStatus(meta: dotI.ResourceMeta, status: unknown): Promise<dotI.ResourceMeta | null>;
    getCustomResourceApiUri(
      group: string,
      version: string,
      plural: string,
      namespace?: string,
    ): string;
  };

  protected override init(): Promise<void> {
    return this.onInit();
  }

  protected override lead(signal: AbortSignal): Promise<void> {
    return this.onLead(signal);
  }
}

describe("OperatorBase", () => {
  let server: FakeApiServer;
  let logger: QuietLogger;
  let operators: TestOperator[];

  beforeEach(async () => {
    server = new FakeApiServer();
    await server.start();
    logger = new QuietLogger();
    operators = [];
  });

  afterEach(async () => {
    for (const operator of operators) operator.stop();
    await Promise.allSettled(operators.map(({ finished }) => finished));
    await server.stop();
  });

  function make(settings: Partial<OperatorSettings> = {}): TestOperator {
    const operator = new TestOperator({
      config: server.config(),
      registry: new Registry(),
      log: logger,
      name: "pitboss-operator",
      namespace: "pitboss",
      instance: "pod-0",
      watchedNamespaces: [],
      operationsPort: 0,
      operationsHost: "127.0.0.1",
      leaseTiming: { leaseMs: 1000, deadlineMs: 600, retryMs: 50 },
      ...settings,
    });
    operators.push(operator);
    return operator;
  }

  /** Discovery answers once for every look at the group. */
  function serveGames(): void {
    server.next("get", (response, seen) => {
      if (seen.path !== "/apis/pitboss.dev/v1alpha1") return serveLater(response, seen);
      send(response, 200, { resources: [{ name: "games", kind: "Game", namespaced: true }] });
    });
  }
  const serveLater: Parameters<FakeApiServer["next"]>[1] = (response, seen) => {
    server.get(response, seen);
    serveGames();
  };

  it("goes in order: init, caches, leadership, lead, controllers", async () => {
    server.put(GAME, game("dice"));
    const steps: string[] = [];
    const operator = make();
    operator.onInit = async () => {
      steps.push("init");
      const informer = operator.open.informer({ kind: GAME });
      const controller = operator.open.controller({
        name: "game",
        reconcile: async (key) => {
          steps.push(`reconcile ${key}`);
          return done;
        },
      });
      controller.watches(informer, ({ metadata }) => [`${metadata.namespace}/${metadata.name}`]);
      operator.onLead = async () => {
        steps.push(`lead with ${informer.list().length}`);
      };
    };
    await operator.start();
    await eventually("it reconciled", () => steps.length === 3);
    assert.deepEqual(steps, ["init", "lead with 1", "reconcile casino/dice"]);
    const ready = await fetch(`http://127.0.0.1:${operator.operationsPort}/readyz`);
    assert.equal(ready.status, 200);
    operator.stop();
    assert.equal(await operator.finished, "stopped");
    const lease = JSON.parse(server.asked("write").at(-1)?.body ?? "");
    assert.equal(lease.spec.holderIdentity, "");
  });

  it("is not ready before its caches are", async () => {
    server.next("list", () => {});
    const operator = make();
    operator.onInit = async () => {
      operator.open.informer({ kind: GAME });
    };
    await operator.start();
    const ready = await fetch(`http://127.0.0.1:${operator.operationsPort}/readyz`);
    assert.equal(ready.status, 500);
    assert.match(await ready.text(), /Game is not listed yet/);
    assert.equal((await fetch(`http://127.0.0.1:${operator.operationsPort}/livez`)).status, 200);
  });

  it("writes nothing but its Lease before it leads, and nothing after it lost", async () => {
    const operator = make();
    const failures: unknown[] = [];
    operator.onInit = async () => {
      await operator.open.client.apply(GAME, game("dice")).catch((error) => failures.push(error));
    };
    let led = false;
    operator.onLead = async () => {
      await operator.open.client.apply(GAME, game("dice"));
      led = true;
    };
    await operator.start();
    await eventually("it leads", () => led);
    server.next("write", ...Array.from({ length: 100 }, () => refuse(503)));
    assert.equal(await operator.finished, "lost");
    await operator.open.client.apply(GAME, game("dice")).catch((error) => failures.push(error));
    assert.deepEqual(
      failures.map((error) => (error as { failure: string }).failure),
      ["fenced", "fenced"],
    );
    assert.equal(
      server.asked("write").filter(({ path }) => path.endsWith("/games/dice")).length,
      1,
    );
  });

  it("tells a failure to lead through finished, and ends", async () => {
    const operator = make();
    operator.onLead = () => Promise.reject(new Error("migration failed"));
    await operator.start();
    await assert.rejects(operator.finished, /migration failed/);
    await assert.rejects(fetch(`http://127.0.0.1:${operator.operationsPort}/livez`));
  });

  it("tells a failure of init through start", async () => {
    const operator = make();
    operator.onInit = () => Promise.reject(new Error("no such kind"));
    await assert.rejects(operator.start(), /no such kind/);
    await assert.rejects(operator.finished, /no such kind/);
  });

  describe("under the dot-i class", () => {
    // Whatever dot-i would reach the network or leave the process by, noted instead of done.
    const used: string[] = [];
    const undo: (() => void)[] = [];

    function trap(object: object, name: string): void {
      const original = Reflect.get(object, name);
      Reflect.set(object, name, () => {
        used.push(name);
        throw new Error(`${name} was called`);
      });
      undo.push(() => Reflect.set(object, name, original));
    }

    beforeEach(() => {
      used.splice(0);
      const require = createRequire(import.meta.resolve("@dot-i/k8s-operator"));
      trap(require("gaxios").instance, "request");
      trap(Watch.prototype, "watch");
      trap(process, "exit");
    });

    afterEach(() => {
      for (const restore of undo.splice(0)) restore();
      assert.deepEqual(used, []);
    });

    it("overrides every method that could reach the network", () => {
      const ours = Object.getOwnPropertyNames(DotIOperator.prototype);
      const theirs = Object.getOwnPropertyNames(dotI.default.prototype);
      // Of these, start only calls init and stop only aborts watches that are never made; the
      // others are private to what is overridden.
      const harmless = ["start", "stop", "errorToJson", "resourceStatusRequest"];
      assert.deepEqual(
        theirs.filter((name) => !ours.includes(name)).toSorted(),
        harmless.toSorted(),
      );
    });

    it("refuses what would not do what it promises", async () => {
      const operator = make();
      const refused = operator as unknown as Record<string, () => Promise<never>>;
      for (const name of [
        "patchResourceStatus",
        "setResourceFinalizers",
        "registerCustomResourceDefinition",
        "applyAxiosKubeConfigAuth",
        "applyGaxiosKubeConfigAuth",
      ]) {
        await assert.rejects(
          refused[name]?.bind(operator) ?? assert.fail(name),
          new RegExp(`${name} .* is not used`),
        );
      }
      assert.throws(
        () => operator.open.k8sApi.listNamespace(),
        /k8sApi.listNamespace .* is not used/,
      );
      assert.equal(
        operator.open.getCustomResourceApiUri("pitboss.dev", "v1alpha1", "games", "casino"),
        `${server.url}/apis/pitboss.dev/v1alpha1/namespaces/casino/games`,
      );
      await operator.start();
    });

    it("delivers events through our queue: again when a handler throws, and after a broken watch", async () => {
      const told: string[] = [];
      let failures = 2;
      const operator = make();
      serveGames();
      operator.onInit = () =>
        operator.open.watchResource("pitboss.dev", "v1alpha1", "games", async ({ type, meta }) => {
          if (failures-- > 0) throw new Error("scripted");
          told.push(`${type} ${meta.name}`);
        });
      server.put(GAME, game("dice"));
      await operator.start();
      await eventually("it is told", () => told.length === 1);
      server.next("watch", refuse(500));
      server.endWatches();
      const mines = server.put(GAME, game("mines"));
      await eventually("it is told", () => told.length === 2);
      server.remove(GAME, mines);
      await eventually("it is told", () => told.length === 3);
      server.put(GAME, game("dice", { uid: "another" }));
      await eventually("it is told", () => told.length >= 5);
      assert.deepEqual(told.slice(0, 5), [
        "ADDED dice",
        "ADDED mines",
        "DELETED mines",
        "DELETED dice",
        "ADDED dice",
      ]);
    });

    it("says which kind is not served", async () => {
      const operator = make();
      operator.onInit = () =>
        operator.open.watchResource("pitboss.dev", "v1alpha1", "games", async () => {});
      await assert.rejects(operator.start(), /serves no games: is its CRD installed/);
    });

    it("handles finalizers and status through our client", async () => {
      const results: unknown[] = [];
      const operator = make();
      serveGames();
      operator.onInit = () =>
        operator.open.watchResource("pitboss.dev", "v1alpha1", "games", async (event) => {
          const action = async () => void results.push("cleaned up");
          results.push(await operator.open.handleResourceFinalizer(event, "pitboss.dev/x", action));
          if (results.length === 1)
            await operator.open.setResourceStatus(event.meta, { ready: true });
        });
      server.put(GAME, game("dice", { uid: "u" }));
      await operator.start();
      await eventually("it is handled", () => results.length > 0);
      await eventually("the status is written", () =>
        server.asked("write").some(({ path }) => path.endsWith("/dice/status")),
      );
      const finalizers = ["theirs", "pitboss.dev/x"];
      server.version += 100;
      server.put(
        GAME,
        game("dice", { uid: "u", finalizers, deletionTimestamp: "2026-01-01T00:00:00Z" }),
      );
      await eventually("it is cleaned up", () => results.includes("cleaned up"));
      await eventually("only ours is removed", () =>
        server.asked("write").some(({ body }) => /"finalizers":\["theirs"\]/.test(body)),
      );
      assert.ok(
        server.asked("write").some(({ body }) => /"finalizers":\["pitboss.dev\/x"\]/.test(body)),
      );
    });
  });
});
