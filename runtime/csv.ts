/** What spreadsheets take for the beginning of a formula, their full-width forms included (OWASP, "CSV Injection"). */
const formula = /^[=+\-@\t\r\n＝＋－＠]/;
const special = /[",\r\n]/;

/**
 * A line of RFC 4180. A text that a spreadsheet would take for a formula is led by an apostrophe: a player's name and
 * client seed are free to begin with one, and nobody should run them by opening a file.
 */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(cellOf).join(",")}\r\n`;
}

function cellOf(text: string): string {
  const safe = formula.test(text) ? `'${text}` : text;
  return special.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
