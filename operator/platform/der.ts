/** The little of DER (ITU-T X.690) that a certificate takes. */

function tlv(tag: number, value: Buffer): Buffer {
  const size = value.length;
  const length =
    size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), value]);
}

export const sequence = (...parts: readonly Buffer[]): Buffer => tlv(0x30, Buffer.concat(parts));
export const set = (part: Buffer): Buffer => tlv(0x31, part);
/** From its bytes, the highest bit of the first one clear. */
export const integer = (value: Buffer): Buffer => tlv(0x02, value);
export const octets = (value: Buffer): Buffer => tlv(0x04, value);
export const bits = (value: Buffer, unused = 0): Buffer =>
  tlv(0x03, Buffer.concat([Buffer.from([unused]), value]));
export const oid = (hex: string): Buffer => tlv(0x06, Buffer.from(hex, "hex"));
export const utf8 = (text: string): Buffer => tlv(0x0c, Buffer.from(text));
export const yes: Buffer = tlv(0x01, Buffer.from([0xff]));
/** A value in brackets of its own number, [n]. */
export const tagged = (number: number, value: Buffer): Buffer => tlv(0xa0 + number, value);
/** A text in place of a choice, such as a DNS name [2]. */
export const choice = (number: number, text: string): Buffer =>
  tlv(0x80 + number, Buffer.from(text));

/** GeneralizedTime, to the second. */
export function time(at: number): Buffer {
  const text = new Date(at).toISOString().replaceAll(/[-:T]|\.\d+/g, "");
  return tlv(0x18, Buffer.from(text));
}
