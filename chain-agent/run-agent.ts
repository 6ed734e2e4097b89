import { readFile } from "node:fs/promises";
import type { Server } from "node:http";
import { hostname } from "node:os";
import type { Adapter } from "./adapters/adapter.ts";
import { bitcoinAdapter } from "./adapters/bitcoin.ts";
import { evmAdapter } from "./adapters/evm.ts";
import { chainService } from "./chain-service.ts";
import type { ChainAgentConfig } from "./config.ts";
import { Database } from "./database.ts";
import { entropyService } from "./entropy/service.ts";
import { EntropyStore } from "./entropy/store.ts";
import { serves } from "./follow/chain-state.ts";
import { Follower } from "./follow/follower.ts";
import { storedFinality } from "./follow/stored-finality.ts";
import type { Logger } from "./log.ts";
import { callMetrics, chainMetrics, createRegistry } from "./metrics.ts";
import { type Money, openMoney } from "./money.ts";
import { operationsServer } from "./operations.ts";
import { AgentServer } from "./server.ts";
import { localKeyFrom } from "./signer/local-key.ts";

/** The agent's own cap of a unary call. */
const unaryMs = 30_000;
const slowReaderMs = 10_000;
/** How long a head that no quorum has any more is served, before an undo. */
const retractMs = 15_000;

/** What only tests set otherwise. */
export interface AgentTimes {
  readonly unaryMs?: number;
  readonly slowReaderMs?: number;
  readonly retractMs?: number;
  readonly compareMs?: number;
}

export interface RunningAgent {
  readonly grpcPort: number;
  readonly operationsPort: number;
  readonly chain: Follower;
  /** Drains, then ends. */
  stop(): Promise<void>;
}

function adapterOf({ protocol, chainId }: ChainAgentConfig): Adapter {
  return protocol === "ethereum" ? evmAdapter(chainId) : bitcoinAdapter(chainId);
}

function followerOf(
  config: ChainAgentConfig,
  adapter: Adapter,
  database: Database,
  log: Logger,
  times: AgentTimes,
  onUndone: (depth: number) => void,
): Follower {
  return new Follower(
    config.nodes.map((url) => adapter.connect(url)),
    storedFinality(database, config.chainId),
    {
      ...config,
      confirmations: BigInt(config.confirmations),
      retractMs: times.retractMs ?? retractMs,
      ...(times.compareMs === undefined ? {} : { compareMs: times.compareMs }),
    },
    {
      undone(from, lastValid) {
        log.warn({ from, lastValid }, "the head moved to another branch");
        onUndone(Number(from.height - lastValid.height));
      },
      violated(violation) {
        log.error(
          { violation },
          "what was final is not: withdrawals stand still, a person must look",
        );
      },
      storeFailed: (err) => log.warn({ err }, "while comparing what is final"),
    },
  );
}

async function moneyOf(
  config: ChainAgentConfig,
  chain: Follower,
  adapter: Adapter,
  database: Database,
  log: Logger,
  registry: ReturnType<typeof createRegistry>,
): Promise<Money> {
  const { chainId, assets, feeRateMax, signerKeyFile, depositXpubFile, pod } = config;
  return openMoney({
    ...{ chain, adapter, database, chainId, assets, feeRateMax, log, registry },
    holder: pod || `${hostname()}-${process.pid}`,
    sendingPace: { bumpMs: config.feeBumpMs, resendMs: config.resendMs },
    signer: signerKeyFile === "" ? undefined : await localKeyFrom(signerKeyFile),
    xpub: depositXpubFile === "" ? undefined : (await readFile(depositXpubFile, "utf8")).trim(),
  });
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, () => resolve());
  });
  const address = server.address();
  return address === null || typeof address === "string" ? port : address.port;
}

/** Why calls should go to another replica. A broken promise of finality is told by every replica, so it keeps none out. */
function unready(chain: Follower, server: AgentServer): string | undefined {
  if (server.draining) return "it shuts down";
  if (chain.violation !== undefined) return undefined;
  if (!serves(chain.state())) return "too few nodes answer and agree, or they still sync";
  return chain.finalized === undefined ? chain.stopped() : undefined;
}

/** Starts an agent: operations, follower, services, in this order. */
export async function runAgent(
  config: ChainAgentConfig,
  log: Logger,
  times: AgentTimes = {},
): Promise<RunningAgent> {
  const adapter = adapterOf(config);
  const database = await Database.open({
    directory: config.databaseDir,
    connections: config.databasePool,
    application: `chain-agent ${config.chain}`,
  });
  const registry = createRegistry({ chain: config.chain });
  let undone = (_depth: number): void => undefined;
  const chain = followerOf(config, adapter, database, log, times, (depth) => undone(depth));
  undone = chainMetrics(registry, chain).undone;
  const money = await moneyOf(config, chain, adapter, database, log, registry);
  const named = { ...config };
  const callers = config.cashiers.length > 0 ? { callers: new Set(config.cashiers) } : {};
  const services = [
    chainService({ ...config, name: config.chain, chain, adapter }),
    entropyService({
      ...{ chain, named, heartbeatMs: config.heartbeatMs },
      store: new EntropyStore(database, named),
      blocksAhead: config.entropyBlocksAhead,
    }),
    ...money.services.map((service) => ({ ...service, ...callers })),
  ];
  const server = new AgentServer(services, {
    port: config.grpcPort,
    tlsDir: config.tlsDir,
    metrics: callMetrics(registry),
    limits: {
      unaryMs: times.unaryMs ?? unaryMs,
      slowReaderMs: times.slowReaderMs ?? slowReaderMs,
      streamsMax: config.maxStreams,
      streamAgeMs: config.connectionAgeMs,
    },
    onFault: (method, err) => log.error({ method, err }, "a call failed"),
  });
  const operations = operationsServer({
    registry,
    unready: () => unready(chain, server),
    status: () => chain.status(),
  });
  const operationsPort = await listen(operations, config.operationsPort);
  chain.start();
  money.start();
  const grpcPort = await server.start();
  log.info({ grpcPort, operationsPort, nodes: chain.all.map(({ name }) => name) }, "serving");
  return {
    ...{ grpcPort, operationsPort, chain },
    async stop() {
      log.info({ streams: server.openStreams }, "draining");
      await server.stop(config);
      await money.stop();
      await chain.stop();
      await database.stop();
      operations.close();
      operations.closeAllConnections();
      log.info({}, "stopped");
    },
  };
}
