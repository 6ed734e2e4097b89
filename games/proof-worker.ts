// One thread of the Prover: a request in, a proof out.
import { parentPort } from "node:worker_threads";
import { type ProofRequest, prove } from "./prove.ts";

parentPort?.on("message", (request: ProofRequest) => parentPort?.postMessage(prove(request)));
