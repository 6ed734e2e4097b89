import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { returnEntry } from "./enumerate.ts";
import {
  add,
  compare,
  div,
  type Fraction,
  fraction,
  mul,
  one,
  sub,
  toText,
  zero,
} from "./fraction.ts";
import type { Engine, Json, ReturnEntry } from "./game.ts";
import { engines, findEngine } from "./index.ts";
import { readGame } from "./manifest.ts";
import type { Compiled } from "./play.ts";
import { prove } from "./prove.ts";
import { exampleConfig, ready } from "./testing.ts";
import { percent } from "./worst-stake.ts";

const folder = import.meta.dirname;

/** Some engines have no paytable by default. */
function example(engine: Engine): Compiled {
  return ready(engine, exampleConfig(engine.name));
}

/** Every object in a schema that lists properties must be closed. */
function openObjects(schema: Json, path = ""): string[] {
  if (schema === null || typeof schema !== "object") return [];
  const inner = Object.entries(schema).flatMap(([name, it]) => openObjects(it, `${path}/${name}`));
  const isOpen =
    "properties" in schema && !("oneOf" in schema) && schema["additionalProperties"] !== false;
  return isOpen ? [path, ...inner] : inner;
}

/** A figure in full: longer than any fraction that people may write. */
function figure(text: string): Fraction {
  const [n = "", d = "1"] = text.split("/");
  return fraction(BigInt(n), BigInt(d));
}

function consistent(entry: ReturnEntry): void {
  const { bet, side, outcomes, rtp, rtpOfTotal, variance, hitRate } = entry;
  // Slots with free spins have too many outcomes to list.
  if (!outcomes) return;
  assert.deepEqual(outcomes.map((it) => it.probability).reduce(add, zero), one);
  const again = returnEntry(bet, outcomes, side);
  const mean = again.rtp;
  // Where decisions raise the stake, the payout includes what was staked beyond the first stake.
  const staked = rtpOfTotal ? div(mean, rtpOfTotal) : one;
  assert.deepEqual(rtp, add(one, sub(mean, staked)));
  assert.deepEqual([variance, hitRate], [again.variance, again.hitRate]);
  // The variance a second way: the mean squared distance from the mean.
  const spread = outcomes
    .map((it) => mul(it.probability, mul(sub(it.multiplier, mean), sub(it.multiplier, mean))))
    .reduce(add, zero);
  assert.deepEqual(variance, spread);
}

describe("every engine", () => {
  it("is listed under its folder's name", () => {
    const folders = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== "cli")
      .map(({ name }) => name);
    assert.deepEqual(folders.sort(), [...engines.keys()].sort());
    assert.equal(findEngine("mines", "1.0.0")?.name, "mines");
    assert.equal(findEngine("mines", "0.0.0"), undefined);
  });

  for (const engine of engines.values()) {
    const path = (file: string) => join(folder, engine.name, file);

    it(`${engine.name} has the same files as the others`, () => {
      const files = [
        "README.md",
        "config.schema.json",
        "game.yaml",
        "returns.ts",
        "rules.test.ts",
        "rules.ts",
      ];
      const found = readdirSync(path(".")).sort();
      assert.deepEqual(
        found.filter((file) => files.includes(file)),
        files,
      );
      // Rules or mathematics too long for one file are split into more modules.
      assert.ok(found.every((file) => files.includes(file) || file.endsWith(".ts")));
    });

    it(`${engine.name} has closed schemas`, () => {
      const schemas = [engine.configSchema, engine.actionSchema, example(engine).betSchema];
      assert.deepEqual(
        schemas.flatMap((schema) => openObjects(schema)),
        [],
      );
    });

    it(`${engine.name} lists returns whose figures agree with their distributions`, () => {
      const { prepared } = example(engine);
      const entries = engine.returns(prepared);
      for (const entry of entries.slice(0, 500)) consistent(entry);
      const most = engine.maxMultiplier(prepared);
      const multipliers = entries
        .flatMap(({ outcomes }) => outcomes ?? [])
        .map((it) => it.multiplier);
      assert.ok(multipliers.every((multiplier) => compare(multiplier, most) <= 0));
      const reached = multipliers.some((multiplier) => compare(multiplier, most) === 0);
      const listed = entries.every(({ outcomes }) => outcomes);
      // Hi-lo lists single steps, and a round is many of them.
      assert.equal(reached, listed && engine.name !== "hi-lo");
    });

    it(`${engine.name} is named by an example Game that passes the Gate`, () => {
      const read = readGame(readFileSync(path("game.yaml"), "utf8"));
      assert.ok("request" in read);
      assert.equal(read.request.engine, engine.name);
      assert.deepEqual(prove(read.request).verdict, { ok: true });
    });

    it(`${engine.name} has a README with the returns of its example`, () => {
      const read = readGame(readFileSync(path("game.yaml"), "utf8"));
      assert.ok("request" in read);
      const { figures } = prove(read.request);
      const readme = readFileSync(path("README.md"), "utf8");
      for (const bound of [figures?.rtp.min, figures?.rtp.max]) {
        assert.ok(
          bound && readme.includes(percent(figure(bound), "down")),
          `README lacks ${bound}`,
        );
      }
      for (const [currency, worst] of Object.entries(figures?.worstStake ?? {})) {
        const shown = `${worst.stake} ${currency} | ${percent(figure(worst.rtp), "down")}`;
        assert.ok(readme.includes(shown), `README lacks "${shown}"`);
      }
    });
  }

  it("writes fractions in lowest terms", () => {
    assert.equal(toText(fraction(98, 100)), "49/50");
  });
});
