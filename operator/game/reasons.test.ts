import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { reasons } from "./reasons.ts";

const sources = [import.meta.dirname, join(import.meta.dirname, "../platform")]
  .flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)))
  .filter((file) => file.endsWith(".ts") && !/reasons\.ts$|\.test\.ts$/.test(file))
  .map((file) => readFileSync(file, "utf8"))
  .join("\n");

describe("the reasons", () => {
  for (const [reason, { meaning, cure }] of Object.entries(reasons)) {
    it(`are each given by something and explained: ${reason}`, () => {
      assert.ok(sources.includes(`"${reason}"`));
      assert.match(reason, /^[A-Z][A-Za-z]{1,63}$/);
      assert.ok(meaning.endsWith(".") && cure.endsWith("."));
    });
  }
});
