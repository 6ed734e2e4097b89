/** An error and its causes, one a line: what was being done, and what went wrong with it. */
export function errorText(error: unknown): string {
  const lines: string[] = [];
  for (let at: unknown = error; at !== undefined; at = at instanceof Error ? at.cause : undefined) {
    lines.push(at instanceof Error ? at.message || at.name : String(at));
  }
  return lines.join("\n  because: ");
}
