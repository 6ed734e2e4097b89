import { readPath } from "../documents.ts";
import { report } from "../report.ts";

/**
 * `npm run validate -- PATH…`: checks manifests as the API server and the operator would, without a cluster. Paths
 * are files, folders, or `-` for standard input. Exit 1 where there is a fault, 2 where nothing was checked.
 */
async function main(paths: readonly string[]): Promise<number> {
  const option = paths.find((path) => path.startsWith("--"));
  if (option !== undefined && option !== "--help") console.error(`there is no option ${option}`);
  if (paths.length === 0 || option !== undefined) {
    console.error("usage: npm run validate -- PATH…   (files, folders, or - for standard input)");
    return option === "--help" ? 0 : 2;
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
  const { code, path } = error as NodeJS.ErrnoException;
  if (code !== "ENOENT" || path === undefined) throw error;
  console.error(`${path}: there is no such file or folder`);
  process.exitCode = 2;
}
