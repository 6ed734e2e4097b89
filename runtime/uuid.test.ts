import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { isUuid, uuidv7 } from "./uuid.ts";

describe("uuidv7", () => {
  it("has the version and variant of RFC 9562, and the time", () => {
    const id = uuidv7(1_700_000_000_000.5);
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16), 1_700_000_000_000);
    assert.equal(id.slice(15, 18), "800");
  });

  it("sorts by time, within a millisecond too", () => {
    const at = 1_700_000_000_000;
    const ids = [0, 0.25, 0.5, 0.75, 1].map((more) => uuidv7(at + more));
    assert.deepEqual([...ids].sort(), ids);
  });

  it("does not repeat", () => {
    assert.equal(new Set(Array.from({ length: 1000 }, () => uuidv7())).size, 1000);
  });
});

describe("isUuid", () => {
  it("takes the form in which ours are written, and no other text", () => {
    assert.equal(isUuid(uuidv7()), true);
    for (const text of ["", "1", uuidv7().toUpperCase(), `${uuidv7()} `, "../rounds"]) {
      assert.equal(isUuid(text), false, text);
    }
  });
});
