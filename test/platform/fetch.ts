import { tool, toolNames } from "./tools.ts";

// `node bootstrap.js test/platform/fetch.ts [NAME…]` fetches the tools that are named, or all of them, and
// prints where they are.
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !toolNames.some((known) => known === name));
if (unknown.length > 0) {
  process.stderr.write(`there is no ${unknown.join(", ")} among ${toolNames.join(", ")}\n`);
  process.exit(2);
}
for (const name of toolNames.filter((one) => wanted.length === 0 || wanted.includes(one))) {
  process.stdout.write(`${name} ${await tool(name)}\n`);
}
