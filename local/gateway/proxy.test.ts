import assert from "node:assert/strict";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, it } from "mocha";
import { forward } from "./proxy.ts";

const open: Server[] = [];

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

async function proxyTo(ports: () => number[]): Promise<string> {
  return `http://127.0.0.1:${await serve((request, response) =>
    forward(
      request,
      response,
      ports().map((port) => ({ host: "127.0.0.1", port })),
    ),
  )}`;
}

async function deadPort(): Promise<number> {
  const port = await serve(() => {});
  const server = open.pop();
  await new Promise((resolve) => server?.close(resolve));
  return port;
}

describe("the gateway's proxy", () => {
  afterEach(() => {
    for (const server of open.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  it("hands the request and the answer on unchanged", async () => {
    const port = await serve(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      response.writeHead(201, { "x-seen": String(request.headers["idempotency-key"]) });
      response.end(`${request.method} ${request.url} ${body}`);
    });
    const url = await proxyTo(() => [port]);
    const answer = await fetch(`${url}/games/a/rounds?x=1`, {
      method: "POST",
      headers: { "idempotency-key": "k1" },
      body: "hello",
    });
    assert.equal(answer.status, 201);
    assert.equal(answer.headers.get("x-seen"), "k1");
    assert.equal(await answer.text(), "POST /games/a/rounds?x=1 hello");
  });

  it("tries the next pod where the connection is refused", async () => {
    const dead = await deadPort();
    const port = await serve((_request, response) => response.end("alive"));
    const url = await proxyTo(() => [dead, port]);
    assert.equal(await (await fetch(url, { method: "POST", body: "x" })).text(), "alive");
  });

  it("answers 503 with Retry-After where no pod is ready", async () => {
    const url = await proxyTo(() => []);
    const answer = await fetch(url);
    assert.equal(answer.status, 503);
    assert.ok(Number(answer.headers.get("retry-after")) > 0);
    assert.equal(((await answer.json()) as { code: string }).code, "unavailable");
  });

  it("repeats a keyed bet, and nothing else, when a kept-alive connection was closed under it", async () => {
    let served = 0;
    const port = await serve((request, response) => {
      served += 1;
      // The second request on this connection finds it closed, as when a pod ends.
      if (served === 2) request.socket.destroy();
      else response.end(String(served));
    });
    const url = await proxyTo(() => [port]);
    assert.equal(await (await fetch(url)).text(), "1");
    const keyed = await fetch(url, {
      method: "POST",
      headers: { "idempotency-key": "k" },
      body: "b",
    });
    assert.equal(await keyed.text(), "3");
    served = 1;
    const plain = await fetch(url, { method: "POST", body: "b" });
    assert.equal(plain.status, 503);
  });
});
