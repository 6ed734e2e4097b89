/** The money layer as a table, for the tests of what HTTP makes of its answers. */
import { engines } from "../../games/index.ts";
import { type Compiled, compile } from "../../games/play.ts";
import type { PlayRecord } from "../play-record.ts";
import type { Catalogue, Rounds, RoundView, SeedPairs } from "../types.ts";
import type { GameService } from "./service.ts";

/** An engine with its default configuration. */
export function compiledEngine(name: string): Compiled {
  const engine = engines.get(name);
  if (engine === undefined) throw new Error(`no engine ${name}`);
  const compiled = compile(engine, {});
  if ("problems" in compiled) throw new Error(JSON.stringify(compiled.problems));
  return compiled;
}

export const roundId = "0198c0de-0000-7000-8000-000000000001";

/** A settled coin flip of 1.00 USD. */
export const sampleRound: RoundView = {
  id: roundId,
  game: "flip",
  engine: "coin-flip",
  revision: "0123456789abcdef",
  player: "ann",
  state: "settled",
  version: 1,
  stake: 100n,
  payout: 198n,
  currency: "USD",
  digits: 2,
  bet: { side: "heads" },
  outcome: { side: "heads" },
  legalActions: [],
  jackpotWins: [],
  funds: { before: 1000n, after: 1098n },
  fairness: { serverSeedHash: "0".repeat(64), clientSeed: "lucky", nonce: 0 },
  createdAt: new Date("2026-01-01T00:00:00Z"),
  settledAt: new Date("2026-01-01T00:00:00Z"),
};

const samplePair = {
  serverSeedHash: "0".repeat(64),
  nextServerSeedHash: "1".repeat(64),
  clientSeed: "lucky",
  clientSeedBy: "player",
  nonce: 7,
  chain: null,
  nextChain: null,
} as const;

const revealed = {
  serverSeed: "2".repeat(64),
  serverSeedHash: "3".repeat(64),
  clientSeed: "before",
};

const sampleRecord: PlayRecord = {
  ...sampleRound,
  status: "complete",
  firstStake: 100n,
  actions: [],
  phases: [
    {
      ...{ version: 0, at: sampleRound.createdAt, debit: 100n, credit: 198n },
      ...sampleRound.funds,
    },
  ],
  contributions: [],
  regret: "0",
  voided: null,
};

/** A game whose money layer answers the samples, or what the test says. */
export function sampleGame(
  answers: Partial<Rounds & SeedPairs & { catalogue(): Catalogue }> = {},
  engine = "coin-flip",
): GameService {
  const compiled = compiledEngine(engine);
  const usd = { currency: "USD", digits: 2, min: 100n, max: 10_000n, step: 100n, maxPayout: 5000n };
  const row: Catalogue = {
    name: "flip",
    namespace: "casino",
    title: "Coin flip",
    engine: compiled.engine.name,
    engineVersion: compiled.engine.version,
    revision: compiled.revision,
    config: compiled.config,
    state: "Active",
    stakes: [usd],
    openTimeoutSeconds: 86_400,
    path: "/games/flip",
    ready: true,
    deleting: false,
    jackpots: [],
    entropy: null,
  };
  return {
    game: "flip",
    compiled,
    catalogue: answers.catalogue ?? (() => row),
    returns: async () => '[{"bet": {}, "rtp": "99/100", "decimal": "0.99"}]',
    records: {
      get: async () => sampleRecord,
      async *pages() {
        yield [sampleRecord];
      },
    },
    revision: async () => null,
    rounds: {
      place: async () => ({ created: sampleRound }),
      act: async () => ({ round: sampleRound }),
      get: async () => sampleRound,
      list: async () => ({ items: [sampleRound], next: "more" }),
      proof: async () => ({ serverSeed: "2".repeat(64) }),
      ...answers,
    },
    pairs: {
      current: async () => samplePair,
      rotate: async () => ({ ...samplePair, revealed }),
      ...answers,
    },
  };
}
