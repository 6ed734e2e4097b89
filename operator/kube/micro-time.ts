/** A time as metav1.MicroTime writes it. */
export function microTime(date: Date): string {
  return date.toISOString().replace("Z", "000Z");
}
