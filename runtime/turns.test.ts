import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, it } from "mocha";
import { Turns } from "./turns.ts";

describe("turns", () => {
  it("let one thing at a time happen for a name, in the order asked", async () => {
    const turns = new Turns();
    const log: string[] = [];
    const work = (name: string, ms: number) => async () => {
      log.push(`${name} begins`);
      await sleep(ms);
      log.push(`${name} ends`);
      return name;
    };
    const done = await Promise.all([
      turns.run("ann", work("1", 5)),
      turns.run("ann", work("2", 0)),
    ]);
    assert.deepEqual(done, ["1", "2"]);
    assert.deepEqual(log, ["1 begins", "1 ends", "2 begins", "2 ends"]);
  });

  it("do not make one name wait for another", async () => {
    const turns = new Turns();
    const stuck = turns.run("ann", () => new Promise(() => undefined));
    assert.equal(await turns.run("bob", async () => "done"), "done");
    void stuck;
  });

  it("go on after a failure, which only its own caller sees", async () => {
    const turns = new Turns();
    const failing = turns.run("ann", () => Promise.reject(new Error("mine")));
    const next = turns.run("ann", async () => "next");
    await assert.rejects(failing, /mine/);
    assert.equal(await next, "next");
  });
});
