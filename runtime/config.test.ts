import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { ConfigError, readRuntimeConfig, readSharedConfig, runtimeSettings } from "./config.ts";

const jwks = JSON.stringify({ keys: [] });
const environment = {
  PITBOSS_DATABASE_DIR: "/etc/pitboss/database",
  PITBOSS_ISSUER: "https://login.example",
  PITBOSS_AUDIENCE: "pitboss",
  PITBOSS_JWKS: jwks,
  PITBOSS_GAME: "coin-flip",
  PITBOSS_NAMESPACE: "casino",
  PITBOSS_REVISION_FILE: "/etc/pitboss/revision.json",
  PITBOSS_SEED_KEY_FILE: "/etc/pitboss/seed-key",
};

function faults(env: Record<string, string | undefined>): string {
  try {
    readRuntimeConfig(env);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message;
  }
  throw new Error("taken");
}

describe("config", () => {
  it("takes the least that is needed and fills in the rest", () => {
    const config = readRuntimeConfig(environment);
    assert.equal(config.game, "coin-flip");
    assert.equal(config.httpPort, 8080);
    assert.equal(config.operationsPort, 9090);
    assert.equal(config.graceSeconds, 25);
    assert.deepEqual(config.keys, { inline: jwks });
  });

  it("documents every setting", () => {
    for (const [name, spec] of Object.entries(runtimeSettings)) {
      assert.ok("desc" in spec && String(spec.desc).length > 10, name);
      assert.match(name, /^PITBOSS_[A-Z_]+$/);
    }
  });

  it("names all that is wrong at once", () => {
    const message = faults({ ...environment, PITBOSS_GAME: "", PITBOSS_HTTP_PORT: "eighty" });
    assert.match(message, /PITBOSS_GAME is missing/);
    assert.match(message, /PITBOSS_HTTP_PORT: /);
  });

  const wrong: Record<string, Record<string, string | undefined>> = {
    "no token keys": { PITBOSS_JWKS: undefined },
    "two sources of token keys": { PITBOSS_JWKS_FILE: "/etc/jwks.json" },
    "token keys that are no set": { PITBOSS_JWKS: "[]" },
    "token keys that are no JSON": { PITBOSS_JWKS: "{" },
    "an address that is none": { PITBOSS_JWKS: "", PITBOSS_JWKS_URL: "login" },
    "no connection": { PITBOSS_DATABASE_POOL: "0" },
    "half a connection": { PITBOSS_DATABASE_POOL: "1.5" },
    "a level that is none": { PITBOSS_LOG_LEVEL: "loud" },
    "no grace": { PITBOSS_GRACE_SECONDS: "soon" },
  };
  for (const [name, change] of Object.entries(wrong)) {
    it(`refuses ${name}`, () => {
      assert.match(faults({ ...environment, ...change }), /PITBOSS_/);
    });
  }

  it("takes the keys from a file or an address", () => {
    const file = { ...environment, PITBOSS_JWKS: "", PITBOSS_JWKS_FILE: "/etc/jwks.json" };
    assert.deepEqual(readSharedConfig(file).keys, { file: "/etc/jwks.json" });
    const url = { ...environment, PITBOSS_JWKS: " ", PITBOSS_JWKS_URL: "https://login.example/k" };
    assert.deepEqual(readSharedConfig(url).keys, { url: "https://login.example/k" });
  });
});
