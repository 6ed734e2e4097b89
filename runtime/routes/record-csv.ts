import { csvLine } from "../csv.ts";
import type { PlayRecord } from "../play-record.ts";
import { recordJson } from "./record-json.ts";

type Fields = ReturnType<typeof recordJson>;

/** Column → its cell; amounts have the currency's digits, what has parts is JSON. */
const columns: Readonly<Record<string, (fields: Fields) => unknown>> = {
  round: ({ id }) => id,
  game: ({ game }) => game,
  engine: ({ engine }) => engine,
  revision: ({ revision }) => revision,
  player: ({ player }) => player,
  created_at: ({ createdAt }) => createdAt,
  settled_at: ({ settledAt }) => settledAt,
  state: ({ state }) => state,
  status: ({ status }) => status,
  currency: ({ currency }) => currency,
  first_stake: ({ firstStake }) => firstStake,
  total_stake: ({ stake }) => stake,
  payout: ({ payout }) => payout,
  total_win: ({ totalWin }) => totalWin,
  funds_before: ({ funds }) => funds.before,
  funds_after: ({ funds }) => funds.after,
  regret: ({ regret }) => regret,
  version: ({ version }) => version,
  server_seed_hash: ({ fairness }) => fairness.serverSeedHash,
  client_seed: ({ fairness }) => fairness.clientSeed,
  nonce: ({ fairness }) => fairness.nonce,
  bet: ({ bet }) => bet,
  actions: ({ actions }) => actions,
  phases: ({ phases }) => phases,
  contributions: ({ contributions }) => contributions,
  jackpot_wins: ({ jackpotWins }) => jackpotWins,
  outcome: ({ outcome }) => outcome,
  voided_at: ({ voided }) => voided?.at,
  void_reason: ({ voided }) => voided?.reason,
  void_funds_before: ({ voided }) => voided?.funds.before,
  void_funds_after: ({ voided }) => voided?.funds.after,
};

/** The first line: the columns' names. */
export const csvHead = csvLine(Object.keys(columns));

/** The line of one round. */
export function recordCsv(record: PlayRecord): string {
  const fields = recordJson(record);
  return csvLine(Object.values(columns).map((cell) => textOf(cell(fields))));
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
