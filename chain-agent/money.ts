import type { Registry } from "prom-client";
import type { Adapter } from "./adapters/adapter.ts";
import { bitcoinNetwork } from "./adapters/bitcoin-networks.ts";
import type { Database } from "./database.ts";
import { type AddressMaker, addressMaker } from "./deposits/addresses.ts";
import { Scanner } from "./deposits/scanner.ts";
import { depositService } from "./deposits/service.ts";
import { DepositStore } from "./deposits/store.ts";
import type { CanonicalChain } from "./follow/canonical-chain.ts";
import { moneyMetrics } from "./money-metrics.ts";
import type { Service } from "./service.ts";
import type { Signer } from "./signer/signer.ts";
import type { Pace } from "./stream/stored-changes.ts";
import { bitcoinWallet } from "./withdrawals/bitcoin-wallet.ts";
import { evmWallet } from "./withdrawals/evm-wallet.ts";
import { Sender, type SendingPace, sendingPace } from "./withdrawals/sender.ts";
import { withdrawalService } from "./withdrawals/service.ts";
import { WithdrawalStore } from "./withdrawals/store.ts";
import type { Wallet } from "./withdrawals/wallet.ts";
import { Duty, type Worker, type WorkerLog } from "./worker.ts";

export interface MoneyOptions {
  readonly chain: CanonicalChain;
  readonly adapter: Adapter;
  readonly database: Database;
  /** CAIP-2. */
  readonly chainId: string;
  /** Names this replica. */
  readonly holder: string;
  readonly log: WorkerLog;
  /** CAIP-19 ids beside the native coin. */
  readonly assets: readonly string[];
  /** Extended public key of the deposit addresses; without it the agent gives none. */
  readonly xpub?: string | undefined;
  /** Without it there are no withdrawals. */
  readonly signer?: Signer | undefined;
  /** Most that a withdrawal's transaction pays: wei a gas, satoshi a virtual kilobyte. */
  readonly feeRateMax: bigint;
  readonly registry?: Registry | undefined;
  readonly sendingPace?: Partial<SendingPace>;
  readonly streamPace?: Pace;
  readonly leaseSeconds?: number;
  readonly restMs?: number;
}

/** Deposits and withdrawals of the agent's chain. */
export interface Money {
  readonly services: readonly Service[];
  /** This replica scans, or sends. */
  readonly duties: ReadonlyMap<string, Duty>;
  start(): void;
  /** Finishes the steps under way and gives the leases back. */
  stop(): Promise<void>;
}

/** Puts the parts together; nothing runs before `start`. */
export async function openMoney(options: MoneyOptions): Promise<Money> {
  const { chain, adapter, database, chainId, log, holder } = options;
  const deposits = new DepositStore(database, chainId);
  const withdrawals = new WithdrawalStore(database, chainId);
  const assets = assetsOf(options);
  const wallet = await walletOf(options, deposits, withdrawals);
  const own = wallet === undefined || wallet.numbered ? undefined : wallet.from;
  const workers: Worker[] = [new Scanner({ chain, store: deposits, assets, own })];
  if (wallet !== undefined) {
    const pace = { ...sendingPace, ...options.sendingPace };
    workers.push(new Sender({ chain, store: withdrawals, wallet, holder, log, pace }));
  }
  const duties = new Map(workers.map((worker) => [worker.name, new Duty(worker, options)]));
  if (options.registry !== undefined) {
    moneyMetrics(options.registry, { chainId, deposits, withdrawals, duties });
  }
  const addresses = addressesOf(options);
  const shared = {
    ...{ chainId, chain, adapter },
    ...(options.streamPace === undefined ? {} : { pace: options.streamPace }),
  };
  return {
    services: [
      depositService({ ...shared, store: deposits, addresses, wallet: wallet?.from }),
      withdrawalService({
        ...{ ...shared, assets, wallet, feeRateMax: options.feeRateMax },
        store: withdrawals,
      }),
    ],
    duties,
    start() {
      if (wallet !== undefined) log.info({ wallet: wallet.from }, "withdrawals are paid from here");
      for (const duty of duties.values()) duty.start();
    },
    async stop() {
      await Promise.all([...duties.values()].map((duty) => duty.stop()));
    },
  };
}

function assetsOf({ adapter, assets, chainId }: MoneyOptions): ReadonlySet<string> {
  const known = assets.map((text) => {
    const asset = adapter.asset(text);
    if (asset === undefined) throw new Error(`${text} is no asset of ${chainId}`);
    return asset;
  });
  return new Set([adapter.nativeAsset, ...known]);
}

function addressesOf({ xpub, adapter, chainId }: MoneyOptions): AddressMaker | undefined {
  if (xpub === undefined) return undefined;
  if (adapter.protocol === "ethereum") return addressMaker(xpub);
  const network = bitcoinNetwork(chainId);
  if (network === undefined)
    throw new Error(`${chainId} is no network that addresses are known of`);
  return addressMaker(xpub, network);
}

async function walletOf(
  options: MoneyOptions,
  deposits: DepositStore,
  withdrawals: WithdrawalStore,
): Promise<Wallet | undefined> {
  const { signer, adapter, chain, chainId, feeRateMax: rateMax } = options;
  if (signer === undefined) return undefined;
  if (adapter.protocol === "ethereum") {
    return evmWallet({ chain, signer, chainId, nativeAsset: adapter.nativeAsset, rateMax });
  }
  return bitcoinWallet({ chain, signer, chainId, rateMax, deposits, withdrawals });
}
