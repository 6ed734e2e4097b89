import { BinaryWriter } from "@bufbuild/protobuf/wire";
import type { Metadata, status } from "@grpc/grpc-js";
import { eachField } from "./wire.ts";

/**
 * google.rpc.Status with one google.rpc.ErrorInfo, as AIP-193 asks, and a google.rpc.BadRequest where its metadata has a
 * `field`: the trailer `grpc-status-details-bin`. Written by hand, since these are a few messages of a few fields.
 * https://github.com/googleapis/googleapis/blob/master/google/rpc/status.proto and error_details.proto
 */
export interface ErrorInfo {
  readonly reason: string;
  readonly domain: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export const trailer = "grpc-status-details-bin";
const typeUrl = (name: string) => `type.googleapis.com/google.rpc.${name}`;
const infoUrl = typeUrl("ErrorInfo");

const text = (field: number) => (field << 3) | 2;

/** Status {1 code, 2 message, 3 Any …}. */
export function encodeDetails(code: status, message: string, info: ErrorInfo): Buffer {
  const writer = new BinaryWriter();
  writer.uint32(8).int32(code).uint32(text(2)).string(message);
  any(writer, infoUrl, () => writeInfo(writer, info));
  const field = info.metadata["field"];
  if (field !== undefined) {
    any(writer, typeUrl("BadRequest"), () => writeViolation(writer, field, message));
  }
  return Buffer.from(writer.finish());
}

/** Any {1 type_url, 2 value}. */
function any(writer: BinaryWriter, url: string, value: () => void): void {
  writer.uint32(text(3)).fork().uint32(text(1)).string(url).uint32(text(2)).fork();
  value();
  writer.join().join();
}

/** ErrorInfo {1 reason, 2 domain, 3 map}. */
function writeInfo(writer: BinaryWriter, info: ErrorInfo): void {
  writer.uint32(text(1)).string(info.reason).uint32(text(2)).string(info.domain);
  for (const [key, value] of Object.entries(info.metadata)) {
    writer.uint32(text(3)).fork().uint32(text(1)).string(key).uint32(text(2)).string(value).join();
  }
}

/** BadRequest {1 FieldViolation {1 field, 2 description}}. */
function writeViolation(writer: BinaryWriter, field: string, description: string): void {
  writer.uint32(text(1)).fork().uint32(text(1)).string(field);
  writer.uint32(text(2)).string(description).join();
}

function strings(bytes: Uint8Array): Map<number, string> {
  const found = new Map<number, string>();
  eachField(bytes, (field, value) => found.set(field, Buffer.from(value).toString()));
  return found;
}

function decodeInfo(bytes: Uint8Array): ErrorInfo {
  const known = strings(bytes);
  const metadata: Record<string, string> = {};
  eachField(bytes, (field, value) => {
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
  eachField(bytes, (field, detail) => {
    if (field !== 3 || strings(detail).get(1) !== infoUrl) return;
    eachField(detail, (inner, value) => {
      if (inner === 2) info = decodeInfo(value);
    });
  });
  return info;
}
