import assert from "node:assert/strict";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLocalJWKSet, jwtVerify } from "jose";
import { after, before, describe, it } from "mocha";
import { openIssuer } from "./issuer.ts";

describe("the development issuer", () => {
  let directory: string;
  const names = { issuer: "pitboss-local", audience: "pitboss" };

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "pitboss-issuer-"));
  });
  after(() => rm(directory, { recursive: true }));

  it("signs tokens that its key set verifies, across restarts, and keeps its key private", async () => {
    const first = await openIssuer({ directory, ...names });
    const token = await first.sign("ann", "cashier");
    const second = await openIssuer({ directory, ...names });
    const keys = createLocalJWKSet(JSON.parse(second.jwks));
    const { payload } = await jwtVerify(token, keys, { ...names, algorithms: ["ES256"] });
    assert.equal(payload.sub, "ann");
    assert.equal(payload["scope"], "cashier");
    assert.doesNotMatch(second.jwks, /"d":/);
    assert.equal((await stat(join(directory, "issuer.jwk.json"))).mode & 0o777, 0o600);
  });

  it("shows the keys of another issuer beside its own", async () => {
    const extraJwks = '{"keys":[{"kty":"EC","kid":"e2e"}]}';
    const { jwks } = await openIssuer({ directory, ...names, extraJwks });
    const kids = (JSON.parse(jwks) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
    assert.deepEqual(kids, ["local", "e2e"]);
  });
});
