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

  it("are not there in other trailers", () => {
    assert.equal(errorInfo(undefined), undefined);
    assert.equal(errorInfo(new Metadata()), undefined);
  });
});
