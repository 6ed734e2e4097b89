import { Client, credentials } from "@grpc/grpc-js";

/** What is called in a closed loop: the same client code for both servers, bytes in and out. */
export interface Target {
  readonly address: string;
  readonly path: string;
  readonly request: Buffer;
}

const plain = (bytes: Buffer) => bytes;

/** A connection of its own. */
export function connection(address: string): Client {
  return new Client(address, credentials.createInsecure(), { "grpc.use_local_subchannel_pool": 1 });
}

/** Calls a second that so many callers get over some connections in so many seconds. */
export async function callRate(
  { address, path, request }: Target,
  { callers, connections, seconds }: { callers: number; connections: number; seconds: number },
): Promise<number> {
  const clients = Array.from({ length: connections }, () => connection(address));
  const once = (client: Client) =>
    new Promise<void>((resolve, reject) => {
      client.makeUnaryRequest(path, plain, plain, request, (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
  await Promise.all(clients.map(once));
  let calls = 0;
  const begun = performance.now();
  const until = begun + seconds * 1000;
  const loops = Array.from({ length: callers }, async (_, index) => {
    const client = clients[index % connections];
    while (client !== undefined && performance.now() < until) {
      await once(client);
      calls++;
    }
  });
  await Promise.all(loops);
  for (const client of clients) client.close();
  return calls / ((performance.now() - begun) / 1000);
}
