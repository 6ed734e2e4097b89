// npm run --silent verify -- PATH: is this proof the round that was played? Offline; "-" reads standard input.
import type { Json } from "../game.ts";
import { verify } from "../verify.ts";
import { readArguments, readText, run, UsageError } from "./command.ts";

run(() => {
  const { path } = readArguments("npm run --silent verify -- PATH");
  const proof = readJson(path, readText(path));
  const { ok, problems } = verify(proof);
  if (!ok) {
    const faults = problems.map((problem) => `${path}: ${problem}`).join("\n");
    throw new UsageError(`${faults}\n${path}: this is not the round that was played`);
  }
  console.log(describe(proof as { [field: string]: Json }));
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
  const chain = proof["chain"] as { insecure: boolean; network: string } | undefined;
  if (chain?.insecure)
    lines.push(`its entropy is of the development chain ${chain.network}: insecure`);
  return lines.join("\n");
}
