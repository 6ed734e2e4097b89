import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { PORTS_ANNOTATION } from "../../local/gateway/routing.ts";
import { stopAtTheEnd } from "../harness/session.ts";
import type { KubeObject } from "./kubectl.ts";
import type { Platform } from "./platform.ts";

/** Asks a chain's node by JSON-RPC; it listens in its pod alone. */
export type Rpc = <T>(method: string, params?: unknown[]) => Promise<T>;

/** The pods of a Chain's agents; in topology sidecar with a node each. */
export function agentPods({ kubectl }: Platform, chain: string, namespace: string) {
  const selector = `pitboss.dev/chain=${chain},pitboss.dev/role=agent`;
  return kubectl.list("pods", namespace, selector);
}

/** The way to the node in this pod: a port of this machine, or one that kubectl forwards. */
export async function nodeRpc(
  platform: Platform,
  pod: KubeObject,
  namespace: string,
): Promise<Rpc> {
  const noted = pod.metadata.annotations?.[PORTS_ANNOTATION];
  const port = noted
    ? (JSON.parse(noted) as Record<string, number>)["rpc"]
    : await forwarded(platform, pod.metadata.name, namespace);
  let id = 0;
  return async <T>(method: string, params: unknown[] = []): Promise<T> => {
    id += 1;
    const answer = await fetch(`http://127.0.0.1:${port}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id, method, params }),
    });
    const { result, error } = (await answer.json()) as { result: T; error?: { message: string } };
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  };
}

async function forwarded({ kubectl }: Platform, pod: string, namespace: string): Promise<number> {
  const args = ["port-forward", "-n", namespace, `pod/${pod}`, ":8545"];
  const child = spawn(kubectl.binary, ["--kubeconfig", kubectl.kubeconfig, ...args]);
  stopAtTheEnd(async () => {
    child.kill();
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const [, port] = /127\.0\.0\.1:(\d+)/.exec(line) ?? [];
    if (port) return Number(port);
  }
  throw new Error(`kubectl port-forward to ${pod} ended`);
}
