import { RpcRequestError } from "viem";
import { getHttpRpcClient } from "viem/utils";
import { NodeError, RpcError } from "./adapter.ts";

/** A large block's receipts are several megabytes. */
const bodyBytesMax = 64 * 1024 * 1024;

/** JSON-RPC over HTTP to one node. */
export class JsonRpc {
  /** Host and port: never a password of the URL. */
  readonly name: string;
  readonly #client: ReturnType<typeof getHttpRpcClient>;

  constructor(url: string, timeoutMs: number) {
    this.name = new URL(url).host;
    this.#client = getHttpRpcClient(url, { timeout: timeoutMs, maxResponseBodySize: bodyBytesMax });
  }

  /** The result; throws NodeError where the node does not answer and RpcError where it refuses. */
  async request(method: string, params: readonly unknown[]): Promise<unknown> {
    const { result, error } = await this.#post(method, params);
    if (error === undefined || error === null) return result;
    throw new RpcError(Number(error.code), String(error.message));
  }

  async #post(method: string, params: readonly unknown[]) {
    try {
      return await this.#client.request({ body: { method, params: [...params] } });
    } catch (error) {
      // Bitcoin's nodes answer a refusal with status 500: it is an answer all the same.
      if (error instanceof RpcRequestError) throw new RpcError(error.code, error.details);
      throw new NodeError(`${this.name} does not answer ${method}: ${shortly(error)}`);
    }
  }
}

/** What went wrong, without the request, the URL or its password. */
function shortly(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const details = "details" in error && typeof error.details === "string" ? error.details : "";
  return (details || error.name).slice(0, 200);
}
