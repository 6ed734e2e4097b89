import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { platformReasons } from "../platform/reasons.ts";
import { reasons } from "./reasons.ts";

const sources = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith(".ts") && !/reasons\.ts$|\.test\.ts$/.test(file))
  .map((file) => readFileSync(join(import.meta.dirname, file), "utf8"))
  .join("\n");
const own = Object.entries(reasons).filter(([reason]) => !(reason in platformReasons));

describe("a Jackpot's own reasons", () => {
  for (const [reason, { meaning, cure }] of own) {
    it(`are each given by something and explained: ${reason}`, () => {
      assert.ok(sources.includes(`"${reason}"`));
      assert.match(reason, /^[A-Z][A-Za-z]{1,63}$/);
      assert.ok(meaning.endsWith(".") && cure.endsWith("."));
    });
  }
});
