import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { until } from "../../test/harness/until.ts";
import { HTTP_ROUTES, type Running, World } from "../../test/harness/world.ts";

describe("a platform that is not complete", function () {
  this.timeout(60_000);
  let world: World;
  let running: Running;
  let name: string;

  before(async () => {
    world = await World.create();
    await world.uninstall("httproutes.gateway.networking.k8s.io");
    await world.user.remove(world.secretPath());
    const environment = { PITBOSS_GATEWAY: `${world.platform}/pitboss` };
    running = await world.start({ environment });
    name = world.database.gameName("platform");
  });

  after(async () => {
    await world?.uninstall("httproutes.gateway.networking.k8s.io");
    await world?.end();
  });

  it("says which Secret is missing and what it has to hold, and goes on when it is there", async () => {
    await world.applyGame(name);
    const said = await world.says(name, "Ready", "PlatformDatabaseMissing");
    assert.match(
      said.message,
      new RegExp(`Secret ${world.platform}/database .*host, port, .*password`),
    );
    await world.databaseSecret({ password: "" });
    await until("the missing key is named", async () => {
      const { message } = await world.says(name, "Ready", "PlatformDatabaseMissing");
      return /lacks password/.test(message);
    });
    await world.databaseSecret({ password: "wrong" });
    await world.says(name, "Ready", "DatabaseRefused");
    await world.databaseSecret();
    await world.says(name, "DatabaseReady", "Provisioned");
  });

  it("says that the Gateway API is missing, and makes the route when it comes", async () => {
    const said = await world.says(name, "Ready", "RouteApiMissing");
    assert.match(said.message, /install it/);
    await world.install("httproutes", "HTTPRoute", "gateway.networking.k8s.io");
    await until("it is served", async () => {
      await running.operator.look();
      return world.user.get(`${HTTP_ROUTES.replace("NS", world.casino)}/${name}`);
    });
    await world.says(name, "RouteReady", "RouteUnreported");
    await world.says(name, "Ready", "Ready");
  });

  it("tells what the gateway says of the route", async () => {
    const path = `${HTTP_ROUTES.replace("NS", world.casino)}/${name}`;
    const report = async (status: string) => {
      const route = await world.user.get(path);
      const condition = {
        ...{ type: "Accepted", status, reason: "NotAllowedByListeners", message: "no listener" },
        ...{ lastTransitionTime: new Date().toISOString() },
        observedGeneration: route?.metadata.generation,
      };
      const parentRef = { name: "pitboss" };
      await world.user.merge(`${path}/status`, {
        status: { parents: [{ parentRef, controllerName: "x/y", conditions: [condition] }] },
      });
    };
    await report("False");
    const refused = await world.says(name, "Ready", "RouteRefused");
    assert.match(refused.message, /no listener/);
    await report("True");
    await world.says(name, "RouteReady", "Accepted");
    await world.says(name, "Ready", "Ready");
  });

  it("goes on when the Gateway API goes", async () => {
    await world.uninstall("httproutes.gateway.networking.k8s.io");
    await running.operator.look();
    await world.says(name, "Ready", "RouteApiMissing");
    assert.equal((await world.says(name, "RuntimeAvailable", "Available")).status, "True");
  });

  it("repairs what runs while the database is away, and says that it is", async () => {
    await world.wire.cut();
    try {
      await world.says(name, "DatabaseReady", "DatabaseUnreachable", { seconds: 30 });
      await world.user.remove(world.child("Service", name));
      await until("it is made again", () => world.user.get(world.child("Service", name)));
    } finally {
      await world.wire.mend();
    }
    await world.says(name, "DatabaseReady", "Provisioned", { seconds: 30 });
  });
});

describe("two operators", function () {
  this.timeout(60_000);
  let world: World;

  before(async () => {
    world = await World.create();
  });

  after(async () => {
    await world?.end();
  });

  it("never write both: the second takes over when the first lets go", async () => {
    const first = await world.start();
    const second = await world.candidate();
    const name = world.database.gameName("two");
    await world.applyGame(name);
    await world.says(name, "Ready", "Ready");
    await world.quiet(first, 300);
    assert.deepEqual(second.writes, []);
    const count = first.writes.length;
    await first.stop();
    await world.user.remove(world.child("Service", name));
    await until("the second has taken over", () => world.user.get(world.child("Service", name)));
    assert.equal(first.writes.length, count);
  });
});
