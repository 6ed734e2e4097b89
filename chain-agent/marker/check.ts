import { readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cleanEnv, str } from "envalid";

/** Whose data a folder holds. */
export interface Marker {
  readonly chainId: string;
  /** Empty where it was not known. */
  readonly genesis: string;
  readonly node: string;
}

/** What the check of a data folder is told; the operator sets it. */
export const markerSettings = {
  PITBOSS_MARKER_DIR: str({ desc: "The node's data folder" }),
  PITBOSS_CHAIN_ID: str({ desc: "CAIP-2 id of the chain" }),
  PITBOSS_CHAIN_GENESIS: str({ default: "", desc: "Hash of block 0, where it is known" }),
  PITBOSS_NODE: str({ desc: "Name of the machine" }),
};

const FILE = "pitboss.json";
/** What a new file system has by itself. */
const NOTHING = new Set(["lost+found", FILE, `${FILE}.new`]);

/** The folder is not to be used; the message says why and what would help. */
export class FolderRefused extends Error {
  override readonly name = "FolderRefused";
}

/**
 * Looks whose data the folder holds, and claims an empty one. A disk that was moved, or a folder with
 * something else in it, is refused before a client can harm it.
 */
export async function checkFolder(folder: string, own: Marker): Promise<"known" | "claimed"> {
  const known = await read(join(folder, FILE));
  if (known === undefined) {
    const found = (await readdir(folder)).filter((name) => !NOTHING.has(name));
    if (found.length > 0) {
      throw new FolderRefused(
        `${folder} holds ${found.slice(0, 3).join(", ")} and no ${FILE}: empty it; or, if this is data of ${own.chainId}, write ${FILE} with ${JSON.stringify(own)} into it`,
      );
    }
    await write(join(folder, FILE), own);
    return "claimed";
  }
  for (const field of ["chainId", "node", "genesis"] as const) {
    // A genesis that was not known when the folder was claimed is not held against it.
    const differs = known[field] !== own[field];
    if (!differs || (field === "genesis" && (!known.genesis || !own.genesis))) continue;
    throw new FolderRefused(
      `${folder} belongs to ${field} ${known[field]}, not ${own[field]}: mount the right disk; or, if it is to be given up, empty the folder`,
    );
  }
  return "known";
}

/** The program: the exit code. */
export async function main(environment: NodeJS.ProcessEnv): Promise<number> {
  try {
    const given = Object.entries(environment).filter(([, text]) => text?.trim());
    const env = cleanEnv(Object.fromEntries(given), markerSettings, {
      reporter: ({ errors }) => {
        const [name] = Object.keys(errors);
        if (name) throw new FolderRefused(`${name} is missing`);
      },
    });
    const own = {
      chainId: env.PITBOSS_CHAIN_ID,
      genesis: env.PITBOSS_CHAIN_GENESIS,
      node: env.PITBOSS_NODE,
    };
    const what = await checkFolder(env.PITBOSS_MARKER_DIR, own);
    log("info", `the data folder is ${what}`, own);
    return 0;
  } catch (error) {
    log("error", error instanceof Error ? error.message : String(error));
    return 1;
  }
}

/** A line as the agent's own log has them; the kubelet shows the last one where the check failed. */
function log(level: "info" | "error", msg: string, own: Partial<Marker> = {}): void {
  const line = JSON.stringify({
    level,
    time: new Date().toISOString(),
    service: "marker",
    ...own,
    msg,
  });
  (level === "error" ? process.stderr : process.stdout).write(`${line}\n`);
}

async function read(file: string): Promise<Marker | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  const { chainId = "", genesis = "", node = "" } = JSON.parse(text) as Partial<Marker>;
  return { chainId, genesis, node };
}

/** Renamed into place: a machine that fails here leaves no half marker. */
async function write(file: string, marker: Marker): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify(marker)}\n`);
  await rename(`${file}.new`, file);
}
