import assert from "node:assert/strict";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import { after, before, describe, it } from "mocha";
import { authentication, type Caller } from "./auth.ts";
import type { KeySource } from "./config.ts";
import { isRefusal, type Refusal } from "./errors.ts";
import { listen } from "./server.ts";
import { addressOf, type TestIssuer, testIssuer } from "./testing.ts";

const now = () => Math.floor(Date.now() / 1000);

function codeOf(result: Caller | Refusal): string {
  return isRefusal(result) ? result.refused : "accepted";
}

describe("auth", () => {
  let issuer: TestIssuer;
  before(async () => {
    issuer = await testIssuer();
  });

  function authenticating(keys: KeySource, keysAway: (error: Error) => void = () => undefined) {
    const { issuer: iss, audience } = issuer;
    const authenticate = authentication({ keys, issuer: iss, audience, keysAway });
    return (token: string) => authenticate(`Bearer ${token}`);
  }

  it("takes a good token of each of the three algorithms, and tells player and scopes", async () => {
    for (const algorithm of ["RS256", "ES256", "EdDSA"] as const) {
      const login = await testIssuer(algorithm);
      const check = authenticating({ inline: login.jwks });
      const caller = await check(await login.token("ann", { scope: "cashier other" }));
      assert.ok(!isRefusal(caller), algorithm);
      assert.equal(caller.player, "ann");
      assert.deepEqual([...caller.scopes], ["cashier", "other"]);
    }
  });

  const refused: Record<string, (issuer: TestIssuer) => Promise<string>> = {
    "another issuer": (login) => login.token("ann", { iss: "https://evil.test" }),
    "another audience": (login) => login.token("ann", { aud: "bank" }),
    "an end in the past": (login) => login.token("ann", { exp: now() - 10 }),
    "no player": (login) => login.token(""),
    "a player with a control character": (login) => login.token("ann\u0000"),
    "a very long player": (login) => login.token("a".repeat(256)),
    "a time before which it does not hold": (login) => login.token("ann", { nbf: now() + 600 }),
    "no signature": async (login) =>
      new UnsecuredJWT({ sub: "ann", iss: login.issuer, aud: "pitboss", exp: now() + 60 }).encode(),
    "the public key as a shared secret": async (login) => {
      const secret = new TextEncoder().encode(login.jwks);
      const token = new SignJWT({ sub: "ann", iss: login.issuer, aud: "pitboss", exp: now() + 60 });
      return await token.setProtectedHeader({ alg: "HS256", kid: login.jwk.kid }).sign(secret);
    },
    "an algorithm that is not taken": async (login) => {
      const { privateKey } = await generateKeyPair("ES384");
      const token = new SignJWT({ sub: "ann", iss: login.issuer, aud: "pitboss", exp: now() + 60 });
      return await token.setProtectedHeader({ alg: "ES384", kid: "x" }).sign(privateKey);
    },
    "a key that is not in the set": async () => (await testIssuer("ES256")).token("ann"),
    "a key that only has the same name": async () => (await testIssuer()).token("ann"),
    "no end": async (login) => {
      const token = new SignJWT({ sub: "ann", iss: login.issuer, aud: "pitboss" });
      return await token
        .setProtectedHeader({ alg: "EdDSA", kid: login.jwk.kid })
        .sign(login.privateKey);
    },
    "a changed claim": async (login) => {
      const [head, , signature] = (await login.token("ann")).split(".");
      const [, claims] = (await login.token("bob")).split(".");
      return [head, claims, signature].join(".");
    },
    "no form": async () => "nonsense",
  };
  for (const [name, make] of Object.entries(refused)) {
    it(`refuses a token with ${name}`, async () => {
      const check = authenticating({ inline: issuer.jwks });
      assert.equal(codeOf(await check(await make(issuer))), "unauthorized");
    });
  }

  it("says what is wrong with a token, by the name of the claim", async () => {
    const check = authenticating({ inline: issuer.jwks });
    const why = async (token: string) => {
      const result = await check(token);
      return isRefusal(result) ? result.detail : "accepted";
    };
    const said = {
      "it has expired, get another": await issuer.token("ann", { exp: now() - 10 }),
      "its aud is not what is taken here": await issuer.token("ann", { aud: "bank" }),
      "its iss is not what is taken here": await issuer.token("ann", { iss: "https://evil.test" }),
      "its nbf lies ahead": await issuer.token("ann", { nbf: now() + 600 }),
      "its exp is missing": await refused["no end"]?.(issuer),
      "it is no signed JWT": "nonsense",
      "its signature is not by the key that it names":
        await refused["a key that only has the same name"]?.(issuer),
      "its alg is none of RS256, ES256, EdDSA": await refused["no signature"]?.(issuer),
    };
    for (const [detail, token = ""] of Object.entries(said)) {
      assert.equal(await why(token), `the token is refused: ${detail}`);
    }
  });

  it("refuses other headers than a bearer token", async () => {
    const { issuer: iss, audience, jwks } = issuer;
    const keys = { inline: jwks };
    const check = authentication({ keys, issuer: iss, audience, keysAway: () => undefined });
    for (const header of [undefined, "", "Basic YTpi", "Bearer", "Bearer  ", "Bearer a b"]) {
      assert.equal(codeOf(await check(header)), "unauthorized", header);
    }
  });

  it("remembers a token no longer than it holds", async () => {
    const check = authenticating({ inline: issuer.jwks });
    const token = await issuer.token("ann", { exp: now() + 2 });
    assert.equal(codeOf(await check(token)), "accepted");
    await sleep(2_100);
    assert.equal(codeOf(await check(token)), "unauthorized");
  });

  it("reads a mounted file again when it was swapped", async () => {
    const folder = await mkdtemp(join(tmpdir(), "pitboss-auth-"));
    const file = join(folder, "jwks.json");
    const second = await testIssuer("ES256");
    await writeFile(file, issuer.jwks);
    const check = authenticating({ file });
    assert.equal(codeOf(await check(await second.token("bob"))), "unauthorized");
    await writeFile(`${file}.new`, second.jwks);
    await rename(`${file}.new`, file);
    await sleep(1_100);
    assert.equal(codeOf(await check(await second.token("bob"))), "accepted");
    assert.equal(codeOf(await check(await issuer.token("ann"))), "unauthorized");
    await rm(folder, { recursive: true });
  });

  describe("with keys from an address", () => {
    let answer: () => { status: number; body: string };
    const server = createServer((_, response) => {
      const { status, body } = answer();
      response.writeHead(status, { "content-type": "application/json" }).end(body);
    });
    before(() => listen(server, 0));
    after(() => server.close());

    it("takes a token of a key that it serves", async () => {
      answer = () => ({ status: 200, body: issuer.jwks });
      const check = authenticating({ url: addressOf(server) });
      assert.equal(codeOf(await check(await issuer.token("ann"))), "accepted");
      assert.equal(
        codeOf(await check(await (await testIssuer("ES256")).token("bob"))),
        "unauthorized",
      );
    });

    it("says unavailable, not unauthorized, while it fails, and recovers", async () => {
      const heard: Error[] = [];
      answer = () => ({ status: 500, body: "oops" });
      const check = authenticating({ url: addressOf(server) }, (error) => heard.push(error));
      assert.equal(codeOf(await check(await issuer.token("ann"))), "unavailable");
      assert.equal(heard.length, 1);
      answer = () => ({ status: 200, body: issuer.jwks });
      assert.equal(codeOf(await check(await issuer.token("ann"))), "accepted");
    });

    it("says unavailable where nobody listens", async () => {
      const check = authenticating({ url: "http://127.0.0.1:1/jwks.json" });
      assert.equal(codeOf(await check(await issuer.token("ann"))), "unavailable");
    });
  });
});
