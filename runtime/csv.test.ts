import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { csvLine } from "./csv.ts";

describe("csvLine", () => {
  it("quotes what RFC 4180 wants quoted, and nothing else", () => {
    assert.equal(
      csvLine(["a b", "", "1.00", 'say "so"', "a,b", "two\r\nlines"]),
      'a b,,1.00,"say ""so""","a,b","two\r\nlines"\r\n',
    );
  });

  it("leaves nothing that a spreadsheet would take for a formula", () => {
    const cells = [
      "=1+1",
      "+1",
      "-1",
      "@SUM(A1)",
      "\t=1",
      "\r=1",
      "\n=1",
      "＝1",
      '=HYPERLINK("x")',
    ];
    for (const cell of cells) {
      const line = csvLine([cell]);
      assert.match(line, /^"?'/, JSON.stringify(cell));
      assert.ok(line.replaceAll('""', '"').includes(cell), JSON.stringify(cell));
    }
  });
});
