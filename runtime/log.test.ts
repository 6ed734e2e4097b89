import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { createLogger, scrub } from "./log.ts";

function lines(speak: (log: ReturnType<typeof createLogger>) => void): Record<string, unknown>[] {
  const written: string[] = [];
  speak(createLogger("info", { service: "test" }, { write: (line) => written.push(line) }));
  return written.map((line) => JSON.parse(line));
}

describe("log", () => {
  it("writes level as text, time and msg", () => {
    const [line] = lines((log) => log.info({ round: "r1", stake: 25n }, "round placed"));
    assert.equal(line?.["level"], "info");
    assert.equal(line?.["msg"], "round placed");
    assert.equal(line?.["round"], "r1");
    assert.equal(line?.["stake"], "25");
    assert.match(String(line?.["time"]), /^\d{4}-\d\d-\d\dT/);
  });

  it("leaves out seeds, tokens, passwords and headers at any depth", () => {
    const secret = "s3cret-value";
    const [line] = lines((log) =>
      log.warn({
        serverSeed: secret,
        nested: [{ headers: { Authorization: secret, cookie: secret } }],
        database: { password: secret, access_token: secret },
        seedKey: secret,
        bytes: Buffer.from(secret),
        clientSeed: "lucky",
        serverSeedHash: "abc",
      }),
    );
    const text = JSON.stringify(line);
    assert.ok(!text.includes(secret), text);
    assert.ok(!text.includes(Buffer.from(secret).toString("hex")), text);
    assert.equal(line?.["clientSeed"], "lucky");
    assert.equal(line?.["serverSeedHash"], "abc");
  });

  it("leaves out what errors carry beside message, code and stack", () => {
    const cause = Object.assign(new Error("postgres://ann:hunter2@db/x refused"), {
      parameters: ["hunter2"],
      code: "08006",
    });
    const [line] = lines((log) => log.error({ err: new Error("while asking", { cause }) }, "no"));
    const text = JSON.stringify(line);
    assert.ok(!text.includes("hunter2"), text);
    assert.ok(text.includes("08006"));
    assert.ok(text.includes("while asking"));
  });

  it("takes bearer tokens out of texts and keeps the line readable", () => {
    const [line] = lines((log) => log.info('header "Bearer abc.def" and eyJhbGciOi.eyJzdWIi.c2ln'));
    assert.equal(line?.["msg"], 'header "Bearer [redacted]" and [redacted]');
    assert.equal(scrub("plain text: 12:30"), "plain text: 12:30");
  });
});
