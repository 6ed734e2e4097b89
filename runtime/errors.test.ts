import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type Code, errors } from "./errors.ts";
import { faultOf, problemOf } from "./problem.ts";

/** Every code and status that the contract names. */
const contract: [Code, number][] = [
  ["malformed", 400],
  ["unauthorized", 401],
  ["insufficient_funds", 402],
  ["forbidden", 403],
  ["game_suspended", 403],
  ["game_draining", 403],
  ["not_found", 404],
  ["round_open", 409],
  ["version_conflict", 409],
  ["seed_active", 409],
  ["rounds_open", 409],
  ["client_seed_used", 409],
  ["round_settled", 409],
  ["entropy_pending", 409],
  ["seed_rotated", 409],
  ["payload_too_large", 413],
  ["unsupported_media_type", 415],
  ["idempotency_mismatch", 422],
  ["invalid_bet", 422],
  ["illegal_action", 422],
  ["stake_limits", 422],
  ["stake_over_exposure", 422],
  ["too_many_requests", 429],
  ["unavailable", 503],
];
const codes = Object.keys(errors) as Code[];

describe("errors", () => {
  it("keeps each entry under its own code", () => {
    for (const [key, entry] of Object.entries(errors)) assert.equal(key, entry.code);
  });

  it("has every code of the contract with its status", () => {
    for (const [code, status] of contract) assert.equal(errors[code].status, status, code);
  });

  it("says of each what it means, in sentences, and no title twice", () => {
    for (const { meaning, code } of Object.values(errors))
      assert.match(meaning, /^[A-Z].*\.$/, code);
    assert.equal(new Set(Object.values(errors).map(({ title }) => title)).size, codes.length);
  });
});

describe("problem", () => {
  it("holds the five members of every problem, with a stable type and code", () => {
    for (const code of codes) {
      const { status, body } = problemOf({ refused: code });
      assert.deepEqual(Object.keys(body), ["type", "title", "status", "detail", "code"]);
      assert.equal(body.status, status);
      assert.ok(body.type.endsWith(`/${code}`) && body.code === code);
    }
  });

  it("tells pointer, round and detail where the refusal does", () => {
    const { body } = problemOf({ refused: "invalid_bet", pointer: "/bet/side", detail: "no side" });
    assert.equal(body.pointer, "/bet/side");
    assert.equal(body.detail, "no side");
    assert.equal(problemOf({ refused: "round_open", round: "r1" }).body.round, "r1");
  });

  it("says when to come back with every 429 and 503, and how to log in with every 401", () => {
    for (const code of codes) {
      const { status, headers } = problemOf({ refused: code });
      assert.equal("Retry-After" in headers, status === 429 || status === 503, code);
      if (status === 401) assert.match(headers["WWW-Authenticate"] ?? "", /^Bearer /);
    }
    const { headers } = problemOf({ refused: "payout_limit", retryAfter: 12.2 });
    assert.equal(headers["Retry-After"], "13");
  });

  it("shows of a fault of ours only a name", () => {
    const { status, body } = faultOf();
    assert.equal(status, 500);
    assert.match(body.instance ?? "", /^urn:uuid:[0-9a-f-]{36}$/);
  });
});
