import assert from "node:assert/strict";
import { once } from "node:events";
import type { Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "mocha";
import { listen, playersServer } from "./server.ts";

describe("the players' server", () => {
  let server: Server;
  before(async () => {
    server = playersServer((_, response) => response.end("reached"));
    await listen(server, 0);
  });
  after(() => server.close());

  /** What it answers to bytes that need not be HTTP. */
  async function answerTo(bytes: string): Promise<string> {
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    await once(socket, "connect");
    socket.end(bytes);
    return text(socket);
  }

  const refused: Record<string, [bytes: string, detail: RegExp]> = {
    "what is no HTTP": ["hello\r\n\r\n", /./],
    "a method that HTTP has not": ["DANCE / HTTP/1.1\r\nHost: a\r\n\r\n", /the method is none/],
    "an address that is too long": [`GET /${"a".repeat(20_000)} HTTP/1.1\r\n\r\n`, /16 kB/],
    "headers that are too long": [
      `GET / HTTP/1.1\r\nHost: a\r\nX: ${"a".repeat(20_000)}\r\n\r\n`,
      /16 kB/,
    ],
  };
  for (const [name, [bytes, detail]] of Object.entries(refused)) {
    it(`refuses ${name} with a problem document`, async () => {
      const answer = await answerTo(bytes);
      const [head = "", body = ""] = answer.split("\r\n\r\n");
      assert.match(head, /^HTTP\/1.1 400 Bad Request\r\n/);
      assert.match(head, /Content-Type: application\/problem\+json/);
      const problem = JSON.parse(body) as { code: string; status: number; detail: string };
      assert.deepEqual([problem.code, problem.status], ["malformed", 400]);
      assert.match(problem.detail, detail);
    });
  }
});
