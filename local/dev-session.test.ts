import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { decodeJwt } from "jose";
import { after, before, beforeEach, describe, it } from "mocha";
import { problemOf } from "../runtime/problem.ts";
import { devSession } from "./dev-session.ts";
import { openIssuer } from "./issuer.ts";

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: { token?: string; code?: string; detail?: string; pointer?: string };
}

describe("development sessions", () => {
  const directory = mkdtempSync(join(tmpdir(), "pitboss-dev-session-"));
  let server: Server;
  let wallet: Server;
  let transfers: { player: string; currency: string; amount: string }[];
  let walletAway: boolean;

  const addressOf = (one: Server) => `http://127.0.0.1:${(one.address() as AddressInfo).port}`;
  const opened = async (one: Server) => {
    one.listen(0, "127.0.0.1");
    await once(one, "listening");
    return one;
  };

  before(async () => {
    wallet = await opened(
      createServer(async (request, response) => {
        transfers.push((await json(request)) as (typeof transfers)[number]);
        const { status, headers, body } = problemOf({ refused: "unavailable" });
        response.writeHead(walletAway ? status : 201, headers).end(JSON.stringify(body));
      }),
    );
    const issuer = await openIssuer({ directory, issuer: "test", audience: "pitboss" });
    const intercept = devSession({ issuer, url: () => addressOf(wallet) });
    server = await opened(createServer((request, response) => void intercept(request, response)));
  });
  beforeEach(() => {
    [transfers, walletAway] = [[], false];
  });
  after(() => {
    for (const one of [server, wallet]) one.close();
    rmSync(directory, { recursive: true });
  });

  async function ask(body?: string): Promise<Answer> {
    const init = body === undefined ? {} : { method: "POST", body };
    const answer = await fetch(`${addressOf(server)}/dev/session`, init);
    const { status, headers } = answer;
    return { status, headers, body: (await answer.json()) as Answer["body"] };
  }

  it("answers a token of the player, who then has the money", async () => {
    const { status, body } = await ask('{"player": "ann@home", "balance": {"USD": "10.00"}}');
    assert.equal(status, 200);
    assert.equal(decodeJwt(body.token ?? "").sub, "ann@home");
    assert.deepEqual(
      transfers.map(({ player, currency, amount }) => ({ player, currency, amount })),
      [{ player: "ann@home", currency: "USD", amount: "10.00" }],
    );
  });

  const refused: Record<string, [body: string | undefined, status: number, code: string]> = {
    "another method": [undefined, 405, "method_not_allowed"],
    "a body that is no JSON": ["{", 400, "malformed"],
    "a body without a player": ["{}", 422, "invalid_request"],
    "a field that it does not know": ['{"player": "ann", "admin": true}', 422, "invalid_request"],
    "an amount that is a number": [
      '{"player": "a", "balance": {"USD": 5}}',
      422,
      "invalid_request",
    ],
  };
  for (const [name, [body, status, code]] of Object.entries(refused)) {
    it(`refuses ${name} in the form of all refusals`, async () => {
      const answer = await ask(body);
      assert.deepEqual([answer.status, answer.body.code], [status, code]);
      assert.equal(answer.headers.get("content-type"), "application/problem+json");
      assert.ok(answer.body.detail);
      assert.deepEqual(transfers, []);
    });
  }

  it("hands the wallet's refusal on, with the time to wait", async () => {
    walletAway = true;
    const { status, headers, body } = await ask('{"player": "ann", "balance": {"USD": "1.00"}}');
    assert.deepEqual([status, body.code], [503, "unavailable"]);
    assert.ok(Number(headers.get("retry-after")) > 0);
  });
});
