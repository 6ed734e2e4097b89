/** What the tests of the follower share; nothing else imports it. */
import { evmAdapter } from "../../chain-agent/adapters/evm.ts";
import {
  type FinalityStore,
  memoryFinality,
  type Violation,
} from "../../chain-agent/follow/finality-store.ts";
import { Follower } from "../../chain-agent/follow/follower.ts";
import type { FollowOptions } from "../../chain-agent/follow/options.ts";
import { type Anvil, startAnvil } from "./anvil.ts";

const genesisSeconds = 1_700_000_000;

/** Nodes of one chain: they have the same genesis, and the same blocks as long as each is told the same. */
export async function twins(count: number, blocks: number): Promise<Anvil[]> {
  const nodes = await Promise.all(
    Array.from({ length: count }, () => startAnvil({ timestamp: genesisSeconds })),
  );
  for (const node of nodes) await node.rpc("anvil_setBlockTimestampInterval", 1);
  await mineAll(nodes, blocks);
  return nodes;
}

export async function mineAll(nodes: readonly Anvil[], blocks: number): Promise<void> {
  for (const node of nodes) await node.mine(blocks);
}

/** Mines blocks that no other node has. */
export async function mineOwn(node: Anvil, blocks: number, seconds: number): Promise<void> {
  await node.rpc("anvil_setBlockTimestampInterval", seconds);
  await node.mine(blocks);
  await node.rpc("anvil_setBlockTimestampInterval", 1);
}

export async function latest(node: Anvil): Promise<{ height: bigint; hash: string }> {
  const block = (await node.rpc("eth_getBlockByNumber", "latest", false)) as Record<string, string>;
  return { height: BigInt(block["number"] ?? "0x0"), hash: block["hash"] ?? "" };
}

export interface Followed {
  readonly chain: Follower;
  readonly undone: { readonly from: bigint; readonly to: bigint }[];
  readonly violations: Violation[];
}

/** A follower of the nodes, polling fast. */
export function follow(
  urls: readonly string[],
  options: Partial<FollowOptions> = {},
  store: FinalityStore = memoryFinality(),
): Followed {
  const adapter = evmAdapter("eip155:31337");
  const undone: { from: bigint; to: bigint }[] = [];
  const violations: Violation[] = [];
  const chain = new Follower(
    urls.map((url) => adapter.connect(url)),
    store,
    {
      ...{ chainId: "eip155:31337", confirmations: 1n, insecure: true, lagBlocks: 5 },
      ...{ quorum: Math.floor(urls.length / 2) + 1, staleMs: 60_000, pollMs: 20 },
      ...{ retractMs: 250, retentionBlocks: 1_000, compareMs: 50 },
      ...options,
    },
    {
      undone: (from, to) => undone.push({ from: from.height, to: to.height }),
      violated: (violation) => violations.push(violation),
    },
  );
  chain.start();
  return { chain, undone, violations };
}
