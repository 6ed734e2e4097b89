import assert from "node:assert/strict";
import { Metadata, status } from "@grpc/grpc-js";
import { describe, it } from "mocha";
import { encodeDetails, errorInfo, trailer } from "./error-details.ts";

describe("error details", () => {
  it("are the bytes of google.rpc.Status with an ErrorInfo", () => {
    const info = { reason: "R", domain: "d", metadata: { k: "v" } };
    const any =
      "0a28747970652e676f6f676c65617069732e636f6d2f676f6f676c652e7270632e4572726f72496e666f";
    const inner = "0a015212016" + "41a060a016b120176";
    const bytes = encodeDetails(status.NOT_FOUND, "m", info);
    const value = `120e${inner}`;
    assert.equal(bytes.toString("hex"), `0805${"12016d"}1a3a${any}${value}`);
    const metadata = new Metadata();
    metadata.set(trailer, bytes);
    assert.deepEqual(errorInfo(metadata), info);
  });

  it("name the field that a caller got wrong in a BadRequest too", () => {
    const info = { reason: "R", domain: "d", metadata: { field: "to" } };
    const bytes = encodeDetails(status.INVALID_ARGUMENT, "m", info);
    const url = Buffer.from("type.googleapis.com/google.rpc.BadRequest").toString("hex");
    // Any {1 url, 2 BadRequest {1 FieldViolation {1 "to", 2 "m"}}}, after the ErrorInfo.
    assert.ok(bytes.toString("hex").endsWith(`1a360a29${url}12090a070a02746f12016d`));
    const metadata = new Metadata();
    metadata.set(trailer, bytes);
    assert.deepEqual(errorInfo(metadata), info);
  });

  it("are not there in other trailers", () => {
    assert.equal(errorInfo(undefined), undefined);
    assert.equal(errorInfo(new Metadata()), undefined);
  });
});
