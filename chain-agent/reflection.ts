import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadSync, type PackageDefinition } from "@grpc/proto-loader";
import { ReflectionService } from "@grpc/reflection";
import { protoPath as healthProto } from "grpc-health-check";
import { eachField } from "./wire.ts";

/** The contract with all that it imports, as `npm run generate` builds it: a google.protobuf.FileDescriptorSet. */
const contract = join(import.meta.dirname, "proto/baseline.binpb");

/** FileDescriptorSet {1 file}. */
function filesOf(set: Uint8Array): Buffer[] {
  const files: Buffer[] = [];
  eachField(set, (field, file) => {
    if (field === 1) files.push(Buffer.from(file));
  });
  return files;
}

/**
 * grpc.reflection, with the files as they were written. What proto-loader reads itself it puts together by package and without
 * their imports, so that clients that keep to the descriptors (Python's, Go's) cannot use it.
 * https://github.com/grpc/grpc/blob/master/doc/server-reflection.md
 */
export function reflection(): ReflectionService {
  const files: PackageDefinition[string] = {
    format: "Protocol Buffer 3 EnumDescriptorProto",
    type: {},
    fileDescriptorProtos: filesOf(readFileSync(contract)),
  };
  return new ReflectionService({ ...loadSync(healthProto), "pitboss.chain.v1": files });
}
