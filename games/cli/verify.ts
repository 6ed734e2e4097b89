// npm run --silent verify -- PATH: is this proof the round that was played, or the jackpot that was won? Offline; "-" reads
// standard input.
import type { Json } from "../game.ts";
import { formatAmount } from "../money.ts";
import { verify } from "../verify.ts";
import { isWinProof, verifyWin } from "../verify-win.ts";
import { readArguments, readText, run, UsageError } from "./command.ts";

run(() => {
  const { path } = readArguments("npm run --silent verify -- PATH");
  const proof = readJson(path, readText(path));
  const win = isWinProof(proof);
  const { ok, problems } = win ? verifyWin(proof) : verify(proof);
  if (!ok) {
    const faults = problems.map((problem) => `${path}: ${problem}`).join("\n");
    const what = win ? "the win that was paid" : "the round that was played";
    throw new UsageError(`${faults}\n${path}: this is not ${what}`);
  }
  const fields = proof as { [field: string]: Json };
  console.log(win ? describeWin(fields) : describe(fields));
});

function readJson(path: string, text: string): Json {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UsageError(`${path}: it is not JSON: ${error.message}`);
  }
}

function describe(proof: { [field: string]: Json }): string {
  const { round, game, totalStake, payout, currency, serverSeedHash, clientSeedBy } = proof;
  const lines = [
    `ok: round ${round} of ${game} is the round that was played`,
    `staked ${totalStake} ${currency}, paid ${payout} ${currency}, outcome ${JSON.stringify(proof["outcome"])}`,
    `the server seed is the one committed as ${serverSeedHash}; the client seed was given by the ${clientSeedBy}`,
  ];
  const hits = proof["jackpots"] as { namespace: string; name: string; hits: boolean[] }[];
  for (const { namespace, name } of hits.filter((jackpot) => jackpot.hits.includes(true))) {
    lines.push(`it hit the jackpot ${namespace}/${name}`);
  }
  const chain = proof["chain"] as { insecure: boolean; network: string } | undefined;
  if (chain?.insecure)
    lines.push(`its entropy is of the development chain ${chain.network}: insecure`);
  return lines.join("\n");
}

function describeWin(proof: { [field: string]: Json }): string {
  const jackpot = proof["jackpot"] as { [field: string]: string } & { digits: number };
  const paid = formatAmount(BigInt(proof["amount"] as string), jackpot.digits);
  const cycle = proof["cycle"] as { commitment?: string };
  const lines = [
    `ok: round ${proof["round"]} of ${proof["game"]} won the jackpot ${jackpot["namespace"]}/${jackpot["name"]}`,
    `it paid ${paid} ${jackpot["currency"]}, the pool at position ${proof["position"]} rounded up`,
    cycle.commitment === undefined
      ? "it was won by a draw of the round: the round's own proof shows it"
      : `the threshold is the one committed as ${cycle.commitment}`,
  ];
  return lines.join("\n");
}
