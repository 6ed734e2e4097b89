import { Drill } from "../chain-drill/drill.ts";
import { stopAll } from "../harness/session.ts";

/**
 * `node test/long/chain-money.ts [deposits] [withdrawals] [deaths]`: a thousand deposits and five hundred withdrawals, reorgs of up to
 * twenty blocks, two agents and a cashier that are killed at random. Prints one JSON line; exit 1 where anything is wrong.
 */
const [deposits = 1_000, withdrawals = 500, deaths = 120] = process.argv.slice(2).map(Number);
const drill = await Drill.open({
  ...{ deposits, withdrawals, reorgMax: 20, blockMs: 150, deaths, patience: 1_800 },
  onProgress: (text) => process.stderr.write(`${text}\n`),
});
let failed = true;
try {
  const result = await drill.run();
  failed = result.wrong.length > 0;
  process.stdout.write(`${JSON.stringify({ bench: "chain-money", ...result })}\n`);
} finally {
  await drill.close(failed);
  await stopAll();
}
process.exit(failed ? 1 : 0);
