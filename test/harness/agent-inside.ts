/** What the tests of deposits and withdrawals share; nothing else imports it. */
import { randomUUID } from "node:crypto";
import { HDKey } from "viem/accounts";
import type { Adapter } from "../../chain-agent/adapters/adapter.ts";
import { Database } from "../../chain-agent/database.ts";
import { memoryFinality } from "../../chain-agent/follow/finality-store.ts";
import { Follower } from "../../chain-agent/follow/follower.ts";
import type {
  Deposit,
  StreamDepositsResponse,
} from "../../chain-agent/generated/pitboss/chain/v1/deposit.ts";
import type { Withdrawal } from "../../chain-agent/generated/pitboss/chain/v1/withdrawal.ts";
import { type Money, type MoneyOptions, openMoney } from "../../chain-agent/money.ts";

/** The account of every development chain: test test … junk. Its first key is the hot wallet of the tests. */
export const devKey = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
export const devXpub = HDKey.fromMasterSeed(Buffer.alloc(32, 7)).derive(
  "m/44'/60'/0'/0",
).publicExtendedKey;

export interface TestAgent {
  readonly money: Money;
  readonly follower: Follower;
  readonly log: string[];
  /** A unary call, without the network. */
  call<T>(service: "Deposit" | "Withdrawal", method: string, request: object): Promise<T>;
  deposits(): Promise<Deposit[]>;
  withdrawal(id: string): Promise<Withdrawal>;
  submit(id: string, to: string, amount: bigint, asset?: string): Promise<Withdrawal>;
  watch(reference: string): Promise<string>;
  streamDeposits(cursor: string, signal: AbortSignal): AsyncIterable<StreamDepositsResponse>;
  stop(): Promise<void>;
}

export interface TestAgentOptions extends Partial<MoneyOptions> {
  readonly directory: string;
  readonly nodes: readonly string[];
  readonly adapter: Adapter;
  readonly chainId: string;
  readonly confirmations?: number;
}

/** An agent's inside: follower, scanner, sender and services, without gRPC. */
export async function testAgent(options: TestAgentOptions): Promise<TestAgent> {
  const { directory, nodes, adapter, chainId } = options;
  const database = await Database.open({ directory, connections: 4, application: "agent test" });
  const connected = nodes.map((url) => adapter.connect(url));
  const follower = new Follower(connected, memoryFinality(), {
    ...{ chainId, confirmations: BigInt(options.confirmations ?? 1), insecure: true },
    ...{ quorum: Math.floor(nodes.length / 2) + 1, lagBlocks: 5, staleMs: 3_600_000 },
    ...{ pollMs: 40, retractMs: 500, retentionBlocks: 10_000 },
  });
  const lines: string[] = [];
  const note = (fields: object, message: string) => {
    lines.push(
      `${message} ${JSON.stringify(fields, (_, value) => (value instanceof Error ? value.message : value))}`,
    );
  };
  const money = await openMoney({
    ...{ chain: follower, adapter, database, chainId, holder: randomUUID(), assets: [] },
    ...{ log: { info: note, warn: note, error: note }, feeRateMax: 10n ** 12n, restMs: 100 },
    ...{ leaseSeconds: 2, streamPace: { pollMs: 30, heartbeatMs: 300 } },
    ...options,
  });
  follower.start();
  money.start();
  const handler = (service: string, method: string) => {
    const found = money.services
      .find(({ name }) => name.endsWith(`.${service}Service`))
      ?.methods.find(({ name }) => name === method);
    if (found === undefined) throw new Error(`no ${service}.${method}`);
    return found.handle;
  };
  const never = new AbortController().signal;
  const call = async <T>(service: string, method: string, request: object) =>
    (await handler(service, method)(request, { signal: never, draining: never })) as T;
  const withdrawal = async (id: string) =>
    (await call<{ withdrawal: Withdrawal }>("Withdrawal", "getWithdrawal", { withdrawalId: id }))
      .withdrawal;
  return {
    ...{ money, follower, log: lines, call, withdrawal },
    async deposits() {
      const page = { chainId: "", reference: "", address: "", pageSize: 1000, pageToken: "" };
      return (await call<{ deposits: Deposit[] }>("Deposit", "listDeposits", page)).deposits;
    },
    async submit(withdrawalId, to, amount, asset = "") {
      const request = { withdrawalId, chainId: "", asset, amount: String(amount), to };
      return (await call<{ withdrawal: Withdrawal }>("Withdrawal", "submitWithdrawal", request))
        .withdrawal;
    },
    async watch(reference) {
      const requests = [{ reference, address: "", birthHeight: undefined }];
      const answer = await call<{ addresses: { address: string }[] }>(
        "Deposit",
        "batchWatchAddresses",
        { chainId: "", requests },
      );
      return answer.addresses[0]?.address ?? "";
    },
    streamDeposits: (cursor, signal) =>
      handler("Deposit", "streamDeposits")(
        { chainId: "", cursor },
        { signal, draining: never },
      ) as AsyncIterable<StreamDepositsResponse>,
    async stop() {
      await money.stop();
      await follower.stop();
      await database.stop();
    },
  };
}
