import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { ConfigError, type Environment, readChainAgentConfig } from "./config.ts";

const enough: Environment = {
  PITBOSS_CHAIN: "casino/mainnet",
  PITBOSS_CHAIN_PROTOCOL: "ethereum",
  PITBOSS_CHAIN_ID: "eip155:1",
  PITBOSS_CHAIN_NODES: "http://127.0.0.1:8545|ws://127.0.0.1:8546, https://me:secret@node.example",
  PITBOSS_CHAIN_CONFIRMATIONS: "12",
  PITBOSS_DATABASE_DIR: "/etc/pitboss/database",
};

describe("an agent's settings", () => {
  it("fills in what is usual for the protocol", () => {
    const config = readChainAgentConfig(enough);
    assert.deepEqual(config.nodes, [
      "http://127.0.0.1:8545|ws://127.0.0.1:8546",
      "https://me:secret@node.example",
    ]);
    assert.equal(config.quorum, 2);
    assert.equal(config.network, "eip155:1");
    assert.equal(config.staleMs, 120_000);
    assert.equal(config.entropyBlocksAhead, 128);
    assert.equal(config.feeRateMax, 500_000_000_000n);
    const bitcoin = readChainAgentConfig({
      ...enough,
      PITBOSS_CHAIN_PROTOCOL: "bitcoin",
      PITBOSS_CHAIN_ID: "bip122:000000000019d6689c085ae165831e93",
    });
    assert.deepEqual([bitcoin.staleMs, bitcoin.entropyBlocksAhead], [7_200_000, 6]);
    const insecure = readChainAgentConfig({ ...enough, PITBOSS_CHAIN_INSECURE: "true" });
    assert.equal(insecure.entropyBlocksAhead, 2);
  });

  it("needs more than half of the nodes, unless it is told otherwise", () => {
    const quorumOf = (count: number, more: Environment = {}) =>
      readChainAgentConfig({
        ...enough,
        PITBOSS_CHAIN_NODES: Array(count).fill("http://node:8545").join(","),
        ...more,
      }).quorum;
    assert.deepEqual(
      [1, 2, 3, 4, 5].map((count) => quorumOf(count)),
      [1, 2, 2, 3, 3],
    );
    assert.equal(quorumOf(2, { PITBOSS_CHAIN_QUORUM: "1" }), 1);
    assert.throws(() => quorumOf(2, { PITBOSS_CHAIN_QUORUM: "3" }), ConfigError);
  });

  for (const { name, value, message } of [
    { name: "PITBOSS_CHAIN_ID", value: "1", message: /CAIP-2/ },
    { name: "PITBOSS_CHAIN_ID", value: `bip122:${"0".repeat(32)}`, message: /eip155/ },
    { name: "PITBOSS_CHAIN_NODES", value: "localhost:8545", message: /URLs/ },
    { name: "PITBOSS_CHAIN_NODES", value: "http://a|ftp://b", message: /URLs/ },
    { name: "PITBOSS_CHAIN_GENESIS", value: "0x12", message: /hash/ },
    { name: "PITBOSS_CHAIN_CONFIRMATIONS", value: "0", message: /above 0/ },
    { name: "PITBOSS_FEE_RATE_MAX", value: "1.5", message: /whole number/ },
    { name: "PITBOSS_DATABASE_DIR", value: "", message: /missing/ },
  ]) {
    it(`refuses ${name}=${value}`, () => {
      assert.throws(
        () => readChainAgentConfig({ ...enough, [name]: value }),
        (error) => {
          assert.ok(error instanceof ConfigError);
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }
});
