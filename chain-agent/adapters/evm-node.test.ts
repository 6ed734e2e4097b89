import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, describe, it } from "mocha";
import { type Anvil, startAnvil } from "../../test/harness/anvil.ts";
import { type ChainNode, NodeError } from "./adapter.ts";
import { evmAdapter } from "./evm.ts";
import { evmAddress } from "./evm-node.ts";

const chainId = "eip155:31337";
const native = `${chainId}/slip44:60`;
const rich = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";
const poor = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8";

describe("an Ethereum node", () => {
  const adapter = evmAdapter(chainId);
  let anvil: Anvil;
  let node: ChainNode;

  before(async () => {
    anvil = await startAnvil();
    node = adapter.connect(anvil.url);
    await anvil.mine(3);
  });

  after(() => anvil.stop());

  /** Mines the transactions, and gives the block. */
  async function mined(transactions: readonly object[]) {
    for (const one of transactions) await anvil.rpc("eth_sendTransaction", { from: rich, ...one });
    await anvil.mine(1);
    return (await node.tip()).head;
  }

  it("tells all payments of a block, and those of no other", async () => {
    const block = await mined([
      { to: poor, value: "0x5" },
      { to: poor, value: "0x0" },
      { to: poor, value: "0x7" },
      // Fails: PUSH0 PUSH0 REVERT as a contract's code.
      { data: "0x5f5ffd", value: "0x9", gas: "0x186a0" },
    ]);
    assert.equal(block.transactionCount, 4);
    const payments = await node.payments(block);
    assert.deepEqual(
      payments?.map(({ output, address, asset, amount }) => ({ output, address, asset, amount })),
      [5n, 7n].map((amount) => ({ output: "value", address: poor, asset: native, amount })),
    );
    assert.deepEqual(
      await node.payments({ height: 1n, hash: (await node.headerAt(1n))?.hash ?? "" }),
      [],
    );
    await anvil.reorg(1);
    assert.equal(await node.payments(block), undefined);
    assert.equal(await node.balance(poor, native, block), undefined);
    assert.equal(await node.header(block.hash), undefined);
  });

  it("tells what became of a transaction", async () => {
    const hash = await anvil.rpc("eth_sendTransaction", { from: rich, to: poor, value: "0x5" });
    assert.ok(typeof hash === "string");
    assert.equal(await node.inclusion(hash), undefined);
    await anvil.mine(1);
    const { head } = await node.tip();
    const inclusion = await node.inclusion(hash);
    assert.deepEqual(inclusion?.block, { height: head.height, hash: head.hash });
    assert.equal(inclusion.succeeded, true);
    assert.ok(inclusion.fee > 0n);
  });

  it("is a NodeError where it does not answer, or with nonsense", async () => {
    const nonsense = createServer((_, response) => {
      response.setHeader("content-type", "application/json");
      response.end('{"jsonrpc":"2.0","id":1,"result":{"number":"zero"}}');
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => nonsense.once("listening", resolve));
    const address = nonsense.address();
    assert.ok(address !== null && typeof address === "object");
    for (const url of [`http://127.0.0.1:${address.port}`, "http://user:secret@127.0.0.1:1"]) {
      await assert.rejects(adapter.connect(url).tip(), (error) => {
        assert.ok(error instanceof NodeError);
        assert.doesNotMatch(error.message, /secret/);
        return true;
      });
    }
    nonsense.close();
    nonsense.closeAllConnections();
  });
});

describe("addresses and assets of Ethereum", () => {
  const adapter = evmAdapter(chainId);

  it("are lower case, and checked where they have a checksum", () => {
    for (const [text, address] of [
      ["0x70997970C51812dc3A010C7d01b50e0d17dc79C8", poor],
      [poor, poor],
      [poor.toUpperCase().replace("0X", "0x"), poor],
      ["0x70997970C51812dc3A010C7d01b50e0d17dc79c8", undefined],
      ["70997970C51812dc3A010C7d01b50e0d17dc79C8", undefined],
      ["0x12", undefined],
    ] as const) {
      assert.equal(adapter.address(text), address, text);
    }
    for (const [text, asset] of [
      ["", native],
      [native, native],
      [`${chainId}/erc20:0x70997970C51812dc3A010C7d01b50e0d17dc79C8`, `${chainId}/erc20:${poor}`],
      [`eip155:1/erc20:${poor}`, undefined],
      [`${chainId}/erc721:${poor}`, undefined],
    ] as const) {
      assert.equal(adapter.asset(text), asset, text);
    }
  });

  it("names a websocket beside a node, or finds it on the same port", () => {
    assert.deepEqual(evmAddress("http://a:1"), { http: "http://a:1" });
    assert.deepEqual(evmAddress("ws://a:1"), { http: "http://a:1", websocket: "ws://a:1" });
    assert.deepEqual(evmAddress("wss://a"), { http: "https://a", websocket: "wss://a" });
    const both = { http: "http://a:1", websocket: "ws://a:2" };
    assert.deepEqual(evmAddress("http://a:1|ws://a:2"), both);
  });
});
