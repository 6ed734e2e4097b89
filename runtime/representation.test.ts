import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { after, before, describe, it } from "mocha";
import { represented } from "./representation.ts";
import type { Route } from "./route.ts";
import { request, testApp, testIssuer } from "./testing.ts";

describe("a representation", () => {
  let key = "one";
  let made = 0;
  let broken = false;
  const text = () => JSON.stringify({ key, filler: "many words, many words, ".repeat(500) });
  const remembered = represented();
  const route: Route = {
    method: "GET",
    path: "/rules",
    name: "rules",
    summary: "",
    access: "public",
    answers: { 200: { meaning: "", schema: {} } },
    refusals: [],
    handle: async () => {
      const body = await remembered(key, async () => {
        if (broken) throw new Error("not now");
        made += 1;
        return text();
      });
      return { status: 200, body };
    },
  };
  let app: Awaited<ReturnType<typeof testApp>>;
  before(async () => {
    app = await testApp([route], await testIssuer());
  });
  after(() => app.stop());

  const get = (headers: Record<string, string> = {}) =>
    request(app.url, "GET", "/rules", { headers });

  it("is made once for each key, and again where it could not be made", async () => {
    const first = await get();
    const second = await get();
    assert.equal(first.text, text());
    assert.deepEqual([first.headers.get("etag"), made], [second.headers.get("etag"), 1]);
    key = "two";
    broken = true;
    assert.equal((await get()).status, 500);
    broken = false;
    const third = await get();
    assert.equal(third.text, text());
    assert.notEqual(third.headers.get("etag"), first.headers.get("etag"));
  });

  it("answers 304 and no body to a client that has it", async () => {
    const etag = (await get()).headers.get("etag") ?? "";
    for (const known of [etag, `"another", ${etag}`, "*", etag.slice(2)]) {
      const reply = await get({ "if-none-match": known });
      assert.equal(reply.status, 304, known);
      assert.equal(reply.text, "");
      assert.equal(reply.headers.get("etag"), etag);
    }
    assert.equal((await get({ "if-none-match": '"another"' })).status, 200);
  });

  it("is compressed for clients that take gzip, and only for them", async () => {
    const plain = await raw("identity");
    const packed = await raw("gzip, br");
    assert.equal(plain.headers.get("content-encoding"), null);
    assert.equal(packed.headers.get("content-encoding"), "gzip");
    for (const reply of [plain, packed]) assert.equal(reply.headers.get("vary"), "Accept-Encoding");
    assert.ok(packed.bytes.length * 20 < plain.bytes.length);
    assert.equal(gunzipSync(packed.bytes).toString(), plain.bytes.toString());
    assert.equal((await raw("gzip;q=0")).headers.get("content-encoding"), null);
  });

  /** As it comes over the wire: fetch would unpack it. */
  async function raw(accepted: string): Promise<{ headers: Headers; bytes: Buffer }> {
    const { get: send } = await import("node:http");
    return new Promise((resolve, reject) => {
      send(`${app.url}/rules`, { headers: { "accept-encoding": accepted } }, async (answer) => {
        const chunks: Buffer[] = [];
        for await (const chunk of answer) chunks.push(chunk);
        const headers = new Headers(answer.headers as Record<string, string>);
        resolve({ headers, bytes: Buffer.concat(chunks) });
      }).on("error", reject);
    });
  }
});
