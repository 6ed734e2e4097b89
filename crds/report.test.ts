import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "mocha";
import { parseDocuments } from "./documents.ts";
import { fieldPath, report } from "./report.ts";

const game = `apiVersion: pitboss.dev/v1alpha1
kind: Game
metadata: { name: lucky, namespace: casino }
spec:
  engine: coin-flip
  returnToPlayer: { min: "0.9" }
  stakes: [{ currency: USD, min: "1", max: "9", maxPayout: "99" }]
  replicas: 1
`;
const lines = (text: string) => report(parseDocuments(text, "a.yaml")).lines;

const verdict = (line: string) => line.split(": ").at(-1);

describe("npm run validate", () => {
  it("prints one line for each object", () => {
    const configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n";
    assert.deepEqual(lines(`${game}---\n---\n${configMap}`), [
      "a.yaml: Game casino/lucky: valid",
      "a.yaml: ConfigMap a: skipped, v1 is not of pitboss.dev",
    ]);
  });

  it("prints file, document, path and problem for each fault", () => {
    const [line, ...more] = lines(game.replace('min: "1"', "min: 1"));
    assert.equal(more.length, 0);
    assert.equal(
      line,
      'a.yaml: Game casino/lucky: spec.stakes[0].min: must be text; write it in quotes, "1"',
    );
  });

  it("looks into Lists", () => {
    const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: [{ kind: "Game" }, 7] });
    const [first, second] = lines(list);
    assert.match(first ?? "", /^a\.yaml: document 1: apiVersion: is missing/);
    assert.match(second ?? "", /is no object/);
  });

  it("gives the line of a YAML error and goes on with the other documents", () => {
    const [error, valid] = lines(`a: 1\na: 2\n---\n${game}`);
    assert.match(error ?? "", /^a\.yaml: document 1: line 2: Map keys must be unique/);
    assert.match(valid ?? "", /document 2|valid/);
  });

  it("says of YAML that no memory holds, or no stack, that it is too much", () => {
    const levels = Array.from(
      { length: 9 },
      (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`,
    );
    const [bomb] = lines(`a0: &a0 [x]\n${levels.join("\n")}\n`);
    assert.equal(bomb, "a.yaml: document 1: object: its aliases stand for too much");
    const [deep] = lines("[".repeat(20_000) + "]".repeat(20_000));
    assert.equal(deep, "a.yaml: document 1: line 1: it is nested too deeply");
    const [loop] = lines(
      game.replace("engine: coin-flip", "engine: coin-flip\n  config: &a { x: *a }"),
    );
    assert.match(loop ?? "", /^a\.yaml: .*: spec\.config/);
  });

  it("refuses a Game's name a second time, whatever the namespace", () => {
    const other = game.replace("namespace: casino", "namespace: other");
    const [, second] = lines(`${game}---\n${other}`);
    assert.match(second ?? "", /Game other\/lucky: metadata\.name: .*taken by Game casino\/lucky/);
  });

  it("refuses what does not fit among objects that are given together", () => {
    const jackpot = (name: string, currency: string, more = "") => `---
apiVersion: pitboss.dev/v1alpha1
kind: Jackpot
metadata: { name: ${name}, namespace: casino }
spec:
  { currency: ${currency}, seed: "1", contribution: "0.01", ceiling: "9", trigger: { mustHitBy: "9" }${more} }
`;
    const named = `${game}  jackpots: [{ name: mega }, { name: elsewhere }]\n`;
    assert.deepEqual(lines(`${named}${jackpot("mega", "USD")}`).map(verdict), ["valid", "valid"]);
    const [wrong] = lines(`${named}${jackpot("mega", "EUR")}`);
    assert.match(wrong ?? "", /spec\.jackpots\[0\]\.name: Jackpot mega is of EUR/);
    const left = jackpot("mega", "USD", ", transferTo: { name: minor }");
    const [heir] = lines(left + jackpot("minor", "EUR"));
    assert.match(heir ?? "", /spec\.transferTo\.name: Jackpot minor is of EUR; name one of USD/);
  });

  it("writes paths as Kubernetes does", () => {
    assert.equal(fieldPath("/spec/stakes/0/min"), "spec.stakes[0].min");
    assert.equal(fieldPath("/metadata/annotations/a.b~1c"), 'metadata.annotations["a.b/c"]');
    assert.equal(fieldPath(""), "object");
  });

  it("exits with 1 on a fault, 0 without, 2 where there is nothing to check", () => {
    const folder = mkdtempSync(join(tmpdir(), "pitboss-validate-"));
    const cli = join(import.meta.dirname, "cli", "validate.ts");
    const run = (path: string, input = "") => spawnSync(process.execPath, [cli, path], { input });
    try {
      assert.equal(run(folder).status, 2);
      mkdirSync(join(folder, "nested"));
      writeFileSync(join(folder, "nested", "game.yaml"), game);
      writeFileSync(join(folder, "values.yaml"), "replicas: 1\n");
      assert.equal(run(folder).status, 0, String(run(folder).stdout));
      assert.equal(run("-", game).status, 0);
      assert.equal(run("-", game.replace("coin-flip", "craps")).status, 1);
      assert.equal(run(join(folder, "missing.yaml")).status, 2);
      assert.equal(run(join(folder, "values.yaml")).status, 1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }).timeout(60_000);
});
