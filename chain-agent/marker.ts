import { main } from "./marker/check.ts";

/** The first container of a node's pod: the folder is this chain's and this machine's, or nothing starts. */
process.exitCode = await main(process.env);
