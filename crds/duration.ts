const unitSeconds = { h: 3600, m: 60, s: 1 } as const;

/** The seconds of a time as the API writes it: "24h", "1h30m", "90s". The schema has checked the text. */
export function durationSeconds(text: string): number {
  const parts = [...text.matchAll(/([0-9]+)([hms])/g)];
  return parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * unitSeconds[unit as keyof typeof unitSeconds],
    0,
  );
}
