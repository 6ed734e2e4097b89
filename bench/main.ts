import { memory } from "./memory.ts";
import { reconcile } from "./reconcile.ts";
import { rounds } from "./rounds.ts";

// `npm run bench [-- NAME]`: each prints JSON lines; what bounds each is in docs/benchmarks.md.
const benches: Record<string, () => Promise<void>> = { rounds, reconcile, memory };

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
process.exit(0);
