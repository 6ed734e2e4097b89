import { randomBytes } from "node:crypto";

const textForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a text is a UUID in the form in which ours are written. */
export function isUuid(text: string): boolean {
  return textForm.test(text);
}

/**
 * A UUID of version 7: the time in milliseconds, the fraction of the millisecond in 12 bits, then
 * random bits. So ids sort by the time they were made, and each month's lie together.
 */
export function uuidv7(at: number = performance.timeOrigin + performance.now()): string {
  const bytes = randomBytes(16);
  const milliseconds = Math.floor(at);
  bytes.writeUIntBE(milliseconds, 0, 6);
  bytes.writeUInt16BE(0x7000 | Math.floor((at - milliseconds) * 4096), 6);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The smallest UUID of version 7 that is made at this time, in ms: where the ids since then begin. */
export function uuidv7From(at: number): string {
  const hex = Math.max(0, Math.floor(at)).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-0000-0000-000000000000`;
}
