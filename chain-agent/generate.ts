import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "..");
const protos = join(import.meta.dirname, "proto");
const baseline = "baseline.binpb";

/** Runs buf in the folder of the contract, with the plugins of node_modules; throws what it complains of. */
export async function buf(...args: readonly string[]): Promise<string> {
  const path = [join(root, "node_modules/.bin"), dirname(process.execPath), process.env["PATH"]];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(root, "node_modules/@bufbuild/buf/bin/buf"), ...args],
    { cwd: protos, env: { ...process.env, PATH: path.join(delimiter) } },
  );
  return stdout;
}

/**
 * Writes the types of the contract. What a client may rely on is the baseline: a change that breaks it is refused here,
 * any other joins it. To break it on purpose make pitboss.chain.v2.
 */
export async function generateTypes(): Promise<void> {
  await buf("lint");
  await buf("breaking", "--against", baseline);
  await buf("build", "--exclude-source-info", "-o", baseline);
  await rm(join(import.meta.dirname, "generated"), { recursive: true, force: true });
  await buf("generate");
}
