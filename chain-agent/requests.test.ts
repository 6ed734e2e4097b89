import assert from "node:assert/strict";
import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import { after, before, describe, it } from "mocha";
import { type MountedSecret, mountSecret } from "../runtime/testing-secret.ts";
import { agentEnvironment, startAgent, type TestAgent } from "../test/harness/agent.ts";
import { devKey, devXpub } from "../test/harness/agent-inside.ts";
import { type Anvil, startAnvil } from "../test/harness/anvil.ts";
import { type ChainDatabase, chainDatabase } from "../test/harness/chain.ts";
import { failure } from "../test/harness/failure.ts";
import type { Agent } from "./client.ts";

const chainId = "";
const nobody = "0x000000000000000000000000000000000000dEaD";
const wallet = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
const hole = "eip155:31337/erc20:0x000000000000000000000000000000000000dead";
const nul = "a\0";
const stream = {
  ...{ chainId, cursor: "", startHeight: undefined, stopHeight: undefined },
  finalOnly: false,
};
const page = { chainId, reference: "", address: "", pageSize: 0, pageToken: "" };
const payout = { withdrawalId: "w", chainId, asset: "", amount: "1", to: nobody };
const wish = { reference: "r", address: "", birthHeight: undefined };
const balance = { chainId, address: nobody, asset: "", final: false };

async function first<T>(messages: AsyncIterable<T>): Promise<T | undefined> {
  for await (const message of messages) return message;
  return undefined;
}

type Case = readonly [field: string, reason: string, call: (agent: Agent) => Promise<unknown>];

const chainCases: readonly Case[] = [
  ["block", "BAD_REQUEST", ({ chain }) => chain.getBlock({ chainId, block: undefined })],
  [
    "hash",
    "BAD_REQUEST",
    ({ chain }) => chain.getBlock({ chainId, block: { $case: "hash", value: "0x12" } }),
  ],
  ["address", "BAD_ADDRESS", ({ chain }) => chain.getBalance({ ...balance, address: "bc1q" })],
  ["asset", "BAD_ASSET", ({ chain }) => chain.getBalance({ ...balance, asset: "gold" })],
  // No contract is there: that no node knows, however often it is asked.
  ["asset", "BAD_ASSET", ({ chain }) => chain.getBalance({ ...balance, asset: hole })],
  [
    "asset",
    "BAD_ASSET",
    ({ chain }) => chain.estimateFee({ chainId, asset: "gold", targetBlocks: 0 }),
  ],
  ["cursor", "BAD_CURSOR", ({ chain }) => first(chain.streamBlocks({ ...stream, cursor: nul }))],
  [
    "stop_height",
    "BAD_REQUEST",
    ({ chain }) => first(chain.streamBlocks({ ...stream, startHeight: 9n, stopHeight: 8n })),
  ],
  [
    "request_id",
    "BAD_REQUEST",
    ({ entropy }) => entropy.commitEntropyHeight({ requestId: "", chainId, blocksAhead: 0 }),
  ],
  [
    "blocks_ahead",
    "BAD_REQUEST",
    ({ entropy }) => entropy.commitEntropyHeight({ requestId: "e", chainId, blocksAhead: 1 }),
  ],
  ["request_id", "BAD_REQUEST", ({ entropy }) => entropy.getEntropy({ requestId: nul })],
  ["request_id", "BAD_REQUEST", ({ entropy }) => first(entropy.awaitEntropy({ requestId: "" }))],
];

const watch =
  (...requests: object[]) =>
  ({ deposits }: Agent) =>
    deposits.batchWatchAddresses({
      chainId,
      requests: requests.map((one) => ({ ...wish, ...one })),
    });
const list =
  (more: object) =>
  ({ deposits }: Agent) =>
    deposits.listDeposits({ ...page, ...more });

const depositCases: readonly Case[] = [
  ["requests", "BAD_REQUEST", watch(...Array.from({ length: 1_001 }, () => ({})))],
  ["requests[1].reference", "BAD_REQUEST", watch({}, { reference: "a b" })],
  ["requests[0].address", "BAD_ADDRESS", watch({ address: "bc1q" })],
  ["requests[0].address", "BAD_ADDRESS", watch({ address: wallet })],
  ["requests[0].birth_height", "BAD_REQUEST", watch({ birthHeight: 2n ** 64n - 1n })],
  ["page_size", "BAD_REQUEST", list({ pageSize: 1_001 })],
  ["page_token", "BAD_REQUEST", list({ pageToken: "x" })],
  ["reference", "BAD_REQUEST", list({ reference: nul })],
  ["address", "BAD_ADDRESS", list({ address: "bc1q" })],
  ["deposit_id", "BAD_REQUEST", ({ deposits }) => deposits.getDeposit({ depositId: nul })],
  ...["x", "deposits.1.2", "deposits.-1", "withdrawals.0"].map(
    (cursor): Case => [
      "cursor",
      "BAD_CURSOR",
      ({ deposits }) => first(deposits.streamDeposits({ chainId, cursor })),
    ],
  ),
];

const submit =
  (more: object) =>
  ({ withdrawals }: Agent) =>
    withdrawals.submitWithdrawal({ ...payout, ...more });
const bump =
  (feeRate: string) =>
  async ({ withdrawals }: Agent) => {
    await withdrawals.submitWithdrawal({ ...payout, withdrawalId: "bumped" });
    return withdrawals.bumpWithdrawalFee({ withdrawalId: "bumped", feeRate });
  };

const withdrawalCases: readonly Case[] = [
  ["withdrawal_id", "BAD_REQUEST", submit({ withdrawalId: "" })],
  ["withdrawal_id", "BAD_REQUEST", submit({ withdrawalId: "x".repeat(129) })],
  ...["", "0", "-1", "01", "1.5", "1e3", "0x1", "1\n", `${2n ** 300n}`].map(
    (amount): Case => ["amount", "BAD_REQUEST", submit({ amount })],
  ),
  ["to", "BAD_REQUEST", submit({ to: nul })],
  ["to", "BAD_REQUEST", submit({ to: "x".repeat(201) })],
  ["asset", "BAD_REQUEST", submit({ asset: nul })],
  // Well formed: kept as rejected, so an id each.
  ["to", "BAD_ADDRESS", submit({ withdrawalId: "no-address", to: "bc1q" })],
  ["asset", "BAD_ASSET", submit({ withdrawalId: "no-asset", asset: hole })],
  [
    "withdrawal_id",
    "BAD_REQUEST",
    ({ withdrawals }) => withdrawals.getWithdrawal({ withdrawalId: nul }),
  ],
  [
    "withdrawal_id",
    "BAD_REQUEST",
    ({ withdrawals }) => withdrawals.cancelWithdrawal({ withdrawalId: "" }),
  ],
  ["fee_rate", "BAD_REQUEST", bump("-1")],
  ["fee_rate", "BAD_REQUEST", bump(`${10n ** 12n}`)],
  [
    "cursor",
    "BAD_CURSOR",
    ({ withdrawals }) =>
      first(withdrawals.streamWithdrawals({ chainId, cursor: "withdrawals.1.2" })),
  ],
];

describe("a request that is wrong", () => {
  let database: ChainDatabase;
  let secret: MountedSecret;
  let node: Anvil;
  let agent: TestAgent;

  before(async () => {
    database = await chainDatabase();
    secret = await mountSecret(database.agentUrl, { key: devKey, xpub: devXpub });
    const { directory } = secret;
    node = await startAnvil();
    await node.mine(10);
    agent = await startAgent(
      agentEnvironment([node.url], directory, {
        PITBOSS_SIGNER_KEY_FILE: join(directory, "key"),
        PITBOSS_DEPOSIT_XPUB_FILE: join(directory, "xpub"),
        PITBOSS_CONNECTION_AGE_SECONDS: "1",
      }),
    );
  });

  after(async () => {
    await agent?.stop();
    await node?.stop();
    await secret?.remove();
    await database?.drop();
  });

  for (const [what, cases] of Object.entries({
    "about the chain or entropy": chainCases,
    "about deposits": depositCases,
    "about withdrawals": withdrawalCases,
  })) {
    it(`${what} is told which field is`, async () => {
      for (const [field, reason, call] of cases) {
        const { code, reason: given, info } = await failure(call(agent.client));
        const told = [code, given, info?.metadata["field"]];
        assert.deepEqual(told, [status.INVALID_ARGUMENT, reason, field], `${call}`);
      }
    });
  }

  it("about a withdrawal is stored only where the chain's rules were what it broke", async () => {
    const { rows } = await database.db.pool.query(
      "SELECT withdrawal_id, state FROM chain.withdrawals WHERE state = 'REJECTED' ORDER BY 1",
    );
    assert.deepEqual(
      rows.map(({ withdrawal_id: id }) => id),
      ["no-address", "no-asset"],
    );
  });

  it("is none where only the stream is old: it is asked to come again", async () => {
    const { client } = agent;
    for (const messages of [
      client.deposits.streamDeposits({ chainId, cursor: "" }),
      client.withdrawals.streamWithdrawals({ chainId, cursor: "" }),
    ]) {
      let last: unknown;
      for await (const { event } of messages) last = event;
      assert.deepEqual(last, { $case: "end", value: { reason: "END_REASON_AGE" } });
    }
  });
});
