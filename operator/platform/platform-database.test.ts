import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { type TestDatabase, testDatabase } from "../../test/harness/database.ts";
import { until } from "../../test/harness/until.ts";
import { DatabaseAway } from "../database/failure.ts";
import type { Client } from "../kube/client.ts";
import { QuietLogger } from "../kube/testing/quiet-logger.ts";
import { type Link, PlatformDatabase } from "./platform-database.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** An API server that holds the two Secrets and nothing else. */
function clientFor({ settings }: TestDatabase): Client {
  const { host, port, database, user, password } = settings;
  const of: Record<string, Record<string, string>> = {
    database: { host, port: String(port), database, user, password },
    "platform-key": { key: "00".repeat(32) },
  };
  const find = async (_kind: unknown, { name }: { name: string }) => ({
    metadata: { name, resourceVersion: "1" },
    data: Object.fromEntries(
      Object.entries(of[name] ?? {}).map(([key, text]) => [key, base64(text)]),
    ),
  });
  return { find } as unknown as Client;
}

function linkOf(platform: PlatformDatabase): Link | undefined {
  const current = platform.current();
  return "link" in current ? current.link : undefined;
}

describe("the platform's database", function () {
  this.timeout(30_000);
  let database: TestDatabase;
  let platform: PlatformDatabase;
  let changes = 0;

  before(async () => {
    database = await testDatabase();
    platform = new PlatformDatabase({
      client: clientFor(database),
      logger: new QuietLogger(),
      ...{ namespace: "pitboss", secretName: "database", keySecretName: "platform-key" },
      limits: { platform: "pitboss", connections: 1000 },
    });
    platform.onChange(() => {
      changes += 1;
    });
    await platform.start();
  });

  after(async () => {
    await platform?.stop();
    await database?.drop();
  });

  it("tells whoever missed it for a moment that it is there, though its link never went", async () => {
    const before = linkOf(platform);
    assert.ok(before);
    assert.equal(changes, 1);
    for (let i = 0; i < 5; i++) {
      platform.lost(new DatabaseAway({ problem: "Unreachable", message: "gone" }, undefined));
    }
    await until("all are called again", async () => changes > 1);
    assert.ok(linkOf(platform) === before);
    assert.equal(changes, 2, "once, however many missed it");
  });
});
