import { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";
import type { Metadata, status } from "@grpc/grpc-js";

/**
 * google.rpc.Status with one google.rpc.ErrorInfo, as AIP-193 asks: the trailer `grpc-status-details-bin`. Written by hand,
 * since these are two messages of six fields.
 * https://github.com/googleapis/googleapis/blob/master/google/rpc/status.proto and error_details.proto
 */
export interface ErrorInfo {
  readonly reason: string;
  readonly domain: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export const trailer = "grpc-status-details-bin";
const typeUrl = "type.googleapis.com/google.rpc.ErrorInfo";

const text = (field: number) => (field << 3) | 2;

/** Status {1 code, 2 message, 3 Any {1 type_url, 2 ErrorInfo {1 reason, 2 domain, 3 map}}}. */
export function encodeDetails(code: status, message: string, info: ErrorInfo): Buffer {
  const writer = new BinaryWriter();
  writer.uint32(8).int32(code).uint32(text(2)).string(message);
  writer.uint32(text(3)).fork().uint32(text(1)).string(typeUrl).uint32(text(2)).fork();
  writer.uint32(text(1)).string(info.reason).uint32(text(2)).string(info.domain);
  for (const [key, value] of Object.entries(info.metadata)) {
    writer.uint32(text(3)).fork().uint32(text(1)).string(key).uint32(text(2)).string(value).join();
  }
  return Buffer.from(writer.join().join().finish());
}

/** Calls `read` for each length-delimited field and skips the others. */
function fields(bytes: Uint8Array, read: (field: number, value: Uint8Array) => void): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (wire === 2) read(field, reader.bytes());
    else reader.skip(wire, field);
  }
}

function strings(bytes: Uint8Array): Map<number, string> {
  const found = new Map<number, string>();
  fields(bytes, (field, value) => found.set(field, Buffer.from(value).toString()));
  return found;
}

function decodeInfo(bytes: Uint8Array): ErrorInfo {
  const known = strings(bytes);
  const metadata: Record<string, string> = {};
  fields(bytes, (field, value) => {
    if (field !== 3) return;
    const pair = strings(value);
    metadata[pair.get(1) ?? ""] = pair.get(2) ?? "";
  });
  return { reason: known.get(1) ?? "", domain: known.get(2) ?? "", metadata };
}

/** The ErrorInfo of a failed call's trailers, where there is one. */
export function errorInfo(metadata: Metadata | undefined): ErrorInfo | undefined {
  const [bytes] = metadata?.get(trailer) ?? [];
  if (bytes === undefined || typeof bytes === "string") return undefined;
  let info: ErrorInfo | undefined;
  fields(bytes, (field, any) => {
    if (field !== 3 || strings(any).get(1) !== typeUrl) return;
    fields(any, (inner, value) => {
      if (inner === 2) info = decodeInfo(value);
    });
  });
  return info;
}
