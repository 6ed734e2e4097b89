import { readPath } from "../documents.ts";
import { report } from "../report.ts";

/**
 * `npm run validate -- PATH…`: checks manifests as the API server and the operator would, without a cluster. Paths
 * are files, folders, or `-` for standard input. Exit 1 where there is a fault, 2 where nothing was checked.
 */
async function main(paths: readonly string[]): Promise<number> {
  if (paths.length === 0) {
    console.error("usage: npm run validate -- PATH…   (files, folders, or - for standard input)");
    return 2;
  }
  const documents = (await Promise.all([...new Set(paths)].map(readPath))).flat();
  if (documents.length === 0) {
    console.error(`${paths.join(", ")}: no objects here`);
    return 2;
  }
  const { lines, faults } = report(documents);
  for (const line of lines) console.log(line);
  return faults > 0 ? 1 : 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Error) || !("code" in error) || error.code !== "ENOENT") throw error;
  console.error(error.message);
  process.exitCode = 2;
}
