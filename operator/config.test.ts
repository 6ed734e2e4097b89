import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { ConfigError, readConfig, settings } from "./config.ts";
import { ENVIRONMENT } from "./game/testing/samples.ts";

describe("the operator's settings", () => {
  it("each say what they are for", () => {
    for (const [name, setting] of Object.entries(settings)) {
      assert.match(setting.desc ?? "", /\.$/, name);
    }
  });

  it("count an empty text as not given, as charts write them", () => {
    const { env, platform } = readConfig({ ...ENVIRONMENT, PITBOSS_GAME_CONNECTIONS: " " });
    assert.equal(env.PITBOSS_GAME_CONNECTIONS, 20);
    assert.deepEqual(platform.gateway, { namespace: "pitboss", name: "pitboss" });
    assert.equal(platform.gatewayNamespace, "pitboss");
  });

  it("hand the keys on compactly, so that white space rolls no game", () => {
    const { platform } = readConfig({ ...ENVIRONMENT, PITBOSS_JWKS: '{ "keys": [ ] }\n' });
    assert.deepEqual(platform.jwks, { inline: '{"keys":[]}' });
  });

  it("read lists and labels", () => {
    const { platform } = readConfig({
      ...ENVIRONMENT,
      PITBOSS_DATABASE_CIDRS: "10.0.0.0/8, 10.1.0.0/16",
      PITBOSS_MONITORING_LABELS: "team=sre,tier=1",
    });
    assert.deepEqual(platform.databaseCidrs, ["10.0.0.0/8", "10.1.0.0/16"]);
    assert.deepEqual(platform.monitoring.labels, { team: "sre", tier: "1" });
  });

  const wrong: Record<string, [change: Record<string, string>, says: RegExp]> = {
    "a missing issuer": [{ PITBOSS_ISSUER: "" }, /PITBOSS_ISSUER is missing/],
    "a Gateway without a namespace": [{ PITBOSS_GATEWAY: "pitboss" }, /namespace\/name/],
    "a Gateway and an ingress class": [{ PITBOSS_INGRESS_CLASS: "alb" }, /not both/],
    "no keys": [{ PITBOSS_JWKS: "" }, /set one of PITBOSS_JWKS/],
    "keys twice": [{ PITBOSS_JWKS_URL: "https://keys.example" }, /set one of PITBOSS_JWKS/],
    "keys that are none": [{ PITBOSS_JWKS: "[1]" }, /no JSON Web Key Set/],
    "keys that are no JSON": [{ PITBOSS_JWKS: "{" }, /no JSON Web Key Set/],
    "a port that is none": [{ PITBOSS_OPERATIONS_PORT: "x" }, /PITBOSS_OPERATIONS_PORT/],
    "labels that are none": [{ PITBOSS_MONITORING_LABELS: "a" }, /PITBOSS_MONITORING_LABELS/],
  };
  for (const [what, [change, says]] of Object.entries(wrong)) {
    it(`name ${what}`, () => {
      assert.throws(
        () => readConfig({ ...ENVIRONMENT, ...change }),
        (error) => error instanceof ConfigError && says.test(error.message),
      );
    });
  }
});
