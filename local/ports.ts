import { randomInt } from "node:crypto";
import { createServer } from "node:net";

// Below the range from which kernels take the ports of outgoing connections: such a port is not lost
// between our looking and the child's listening.
const lowest = 20_000;
const highest = 32_000;
const attempts = 200;

/** Whether a TCP port on 127.0.0.1 can be listened on. */
export async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen({ host: "127.0.0.1", port, exclusive: true }, () =>
      server.close(() => resolve(true)),
    );
  });
}

const handedOut = new Set<number>();

/** A free TCP port on 127.0.0.1 that this process has not been given before. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const port = randomInt(lowest, highest);
    if (handedOut.has(port) || !(await isFree(port))) continue;
    handedOut.add(port);
    return port;
  }
  throw new Error(`no free TCP port found between ${lowest} and ${highest} on 127.0.0.1`);
}

/** Lets a port be given again. */
export function releasePort(port: number): void {
  handedOut.delete(port);
}
