/** Reads CSV as RFC 4180 has it, for tests: each line as column → cell. */
export function parseCsv(text: string): Record<string, string>[] {
  const [head = [], ...lines] = rowsOf(text);
  return lines.map((cells) => {
    if (cells.length !== head.length) throw new Error(`a line has ${cells.length} cells`);
    return Object.fromEntries(head.map((name, i) => [name, cells[i] ?? ""]));
  });
}

function rowsOf(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex;
    const match = cell.exec(text);
    if (match === null) throw new Error(`no CSV from character ${at} on`);
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
    if (match[3] === ",") continue;
    rows.push(row);
    row = [];
  }
  return rows;
}
