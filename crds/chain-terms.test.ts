import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { chainTerms } from "./chain-terms.ts";
import type { ChainSpec } from "./generated/chain.ts";

function spec(change: Partial<ChainSpec> = {}): ChainSpec {
  return {
    protocol: "ethereum",
    network: "mainnet",
    insecure: false,
    topology: "sidecar",
    node: { image: "geth:1", storage: { hostPath: "/srv/a", mountPath: "/data" }, user: 1000 },
    finality: { confirmations: 12 },
    placement: { nodeSelector: {}, tolerations: [] },
    assets: [],
    ...change,
  };
}

const port = (name: string, number: number) => ({
  ...{ name, port: number, protocol: "TCP" as const, p2p: false, hostPort: false },
});

function termsOf(change: Partial<ChainSpec> = {}) {
  const read = chainTerms(spec(change));
  assert.ok("terms" in read, "problems" in read ? JSON.stringify(read) : "");
  return read.terms;
}

function problemsOf(change: Partial<ChainSpec>): string {
  const read = chainTerms(spec(change));
  assert.ok("problems" in read);
  return read.problems.map(({ pointer, message }) => `${pointer}: ${message}`).join("\n");
}

describe("the terms of a Chain", () => {
  it("know the id and genesis of a public network", () => {
    const { chainId, genesis } = termsOf();
    assert.equal(chainId, "eip155:1");
    assert.match(genesis ?? "", /^0xd4e56740/);
    const bitcoin = termsOf({ protocol: "bitcoin" });
    assert.equal(bitcoin.chainId, "bip122:000000000019d6689c085ae165831e93");
  });

  it("take the id of a network that nobody knows, and ask for it", () => {
    assert.equal(termsOf({ network: "dev", chainId: "eip155:31337" }).chainId, "eip155:31337");
    assert.match(problemsOf({ network: "dev" }), /chainId: .*mainnet, sepolia\); set chainId/);
  });

  it("refuse the id or genesis of another network", () => {
    assert.match(problemsOf({ chainId: "eip155:2" }), /mainnet has eip155:1/);
    assert.match(problemsOf({ genesis: `0x${"0".repeat(64)}` }), /genesis: mainnet has 0xd4e5/);
  });

  it("make one client of an image, with the protocol's own port", () => {
    const { clients, rpcPorts } = termsOf({ protocol: "bitcoin" });
    assert.deepEqual(
      clients.map(({ name, image }) => [name, image]),
      [["node", "geth:1"]],
    );
    assert.deepEqual(rpcPorts, [port("rpc", 8332)]);
  });

  it("ask every port called rpc, of any client", () => {
    const storage = { hostPath: "/srv/a", mountPath: "/data" };
    const clients = [
      { name: "geth", image: "a", ports: [port("rpc", 8545), port("engine", 8551)] },
      { name: "reth", image: "b", ports: [port("rpc-reth", 8546)] },
    ];
    const { rpcPorts } = termsOf({ node: { clients, storage, user: 1000 } });
    assert.deepEqual(
      rpcPorts.map(({ name }) => name),
      ["rpc", "rpc-reth"],
    );
  });

  it("count assets in their smallest unit", () => {
    const asset = { asset: "eip155:1/slip44:60", currency: "ETH", minWithdrawal: "0.5" };
    assert.deepEqual(termsOf({ assets: [asset] }).assets, [
      { ...asset, minWithdrawal: 500_000_000_000_000_000n },
    ]);
    const wrong = [
      { ...asset, currency: "XYZ" },
      { asset: "eip155:5/slip44:60", currency: "ETH" },
      { asset: "eip155:1/slip44:60", currency: "USDC", minWithdrawal: "0.0000001" },
    ].map((one) => problemsOf({ assets: [one] }));
    assert.match(wrong[0] ?? "", /no currency XYZ/);
    assert.match(wrong[1] ?? "", /begins with eip155:1/);
    assert.match(wrong[2] ?? "", /at most 6 decimals/);
  });

  it("refuse ports that two clients share, or that are the agent's", () => {
    const storage = { hostPath: "/srv/a", mountPath: "/data" };
    const clients = [
      { name: "geth", image: "a", ports: [port("rpc", 9000)] },
      { name: "reth", image: "b", ports: [port("rpc", 8546)] },
    ];
    const problems = problemsOf({ node: { clients, storage, user: 1000 } });
    assert.match(problems, /port TCP 9000 of client geth is taken/);
    assert.match(problems, /port name rpc of client reth is taken/);
  });
});
