import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Agent, connectAgent } from "./client.ts";

export interface ChainConnection {
  /** `namespace/name` of the Chain object. */
  readonly chain: string;
  /** A gRPC target; {namespace} and {name} in it stand for the Chain's. */
  readonly target: string;
  /** Folder of tls.crt, tls.key and ca.crt; empty for a connection in clear. */
  readonly tlsDir: string;
}

/**
 * A client of a Chain's agents, as the operator sets them up. The files of the folder are read at once, and
 * it fails while they are not there: call again.
 */
export async function connectChain({ chain, target, tlsDir }: ChainConnection): Promise<Agent> {
  const [namespace = "", name = ""] = chain.split("/");
  const address = target.replaceAll("{namespace}", namespace).replaceAll("{name}", name);
  if (tlsDir === "") return connectAgent({ address });
  const file = (called: string) => readFile(join(tlsDir, called), "utf8");
  const [ca, cert, key] = await Promise.all([file("ca.crt"), file("tls.crt"), file("tls.key")]);
  // The address may be a socket or another name; what the certificate says is known.
  return connectAgent({ address, ca, cert, key, serverName: `${name}-agent.${namespace}.svc` });
}
