import { BinaryReader } from "@bufbuild/protobuf/wire";

/** Calls `read` for each length-delimited field of a message and skips the others. */
export function eachField(
  bytes: Uint8Array,
  read: (field: number, value: Uint8Array) => void,
): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (wire === 2) read(field, reader.bytes());
    else reader.skip(wire, field);
  }
}
