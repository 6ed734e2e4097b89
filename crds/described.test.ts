import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { parse } from "yaml";

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
}

describe("kubectl explain", () => {
  for (const kind of ["game", "jackpot", "chain"]) {
    it(`says what each field of a ${kind} is for`, () => {
      const definition = parse(readFileSync(join(import.meta.dirname, `${kind}.yaml`), "utf8"));
      const { properties = {} } = definition.spec.versions[0].schema.openAPIV3Schema as Schema;
      const mute = ["spec", "status"].flatMap((part) => {
        const fields = Object.entries(properties[part]?.properties ?? {});
        assert.ok(fields.length > 0 && properties[part]?.description, part);
        return fields.filter(([, { description }]) => !description).map(([name]) => name);
      });
      assert.deepEqual(mute, []);
    });
  }
});
