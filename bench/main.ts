import { chain } from "./chain.ts";
import { history } from "./history.ts";
import { jackpots } from "./jackpots.ts";
import { jackpotsDrill } from "./jackpots-drill.ts";
import { memory } from "./memory.ts";
import { randomness } from "./randomness.ts";
import { reconcile } from "./reconcile.ts";
import { returns } from "./returns.ts";
import { rounds } from "./rounds.ts";
import { schemathesis } from "./schemathesis.ts";
import { simulate } from "./simulate.ts";

// `npm run bench [-- NAME]`: each prints JSON lines; what bounds each is in docs/benchmarks.md.
const benches: Record<string, () => Promise<void>> = {
  rounds,
  history,
  jackpots,
  "jackpots-drill": jackpotsDrill,
  reconcile,
  memory,
  returns,
  simulate,
  randomness,
  schemathesis,
  chain,
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(
    `no benchmark ${unknown.join(", ")}; there are: ${Object.keys(benches).join(", ")}`,
  );
  process.exit(1);
}
for (const [name, bench] of Object.entries(benches)) {
  if (names.length === 0 || names.includes(name)) await bench();
}
// Something of the harness may still be open; a benchmark that failed has set the exit code.
process.exit();
