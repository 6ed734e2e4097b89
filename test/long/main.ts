import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** `npm run test:long`: what takes too long for every commit. Each is a program of its own; exit 1 where one fails. */
const root = join(import.meta.dirname, "..", "..");

interface Drill {
  readonly name: string;
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const drills: readonly Drill[] = [
  {
    name: "ten million rounds of every engine",
    argv: ["bench/main.ts", "simulate"],
    env: { ROUNDS: "10000000" },
  },
  { name: "jackpots while everything is killed", argv: ["test/long/jackpots.ts"] },
  { name: "deposits and withdrawals over reorgs and deaths", argv: ["test/long/chain-money.ts"] },
  { name: "fee bumps by geth's own rule", argv: ["test/long/geth.ts"] },
];

const wanted = process.argv.slice(2);
const failed = drills
  .filter(({ argv }) => wanted.length === 0 || wanted.some((word) => argv.join(" ").includes(word)))
  .filter(({ name, argv, env }) => {
    process.stderr.write(`== ${name}\n`);
    const options = { cwd: root, stdio: "inherit", env: { ...process.env, ...env } } as const;
    return spawnSync(process.execPath, argv, options).status !== 0;
  });
for (const { name } of failed) process.stderr.write(`failed: ${name}\n`);
process.exit(failed.length > 0 ? 1 : 0);
