import { setTimeout as sleep } from "node:timers/promises";
import { openIssuer } from "../local/issuer.ts";
import { freePort } from "../local/ports.ts";
import { RUNTIME } from "../operator/game/resources/deployment.ts";
import { testFolder } from "../test/harness/session.ts";
import { type Casino, withClient } from "./casino.ts";
import { CLIENT_CPU, startPinned } from "./pinned.ts";

/** A runtime process that serves the casino's game, and players with money and tokens. */
export interface Served {
  readonly pid: number;
  readonly url: string;
  readonly operationsUrl: string;
  readonly players: { name: string; token: string }[];
  stop(): Promise<void>;
}

/** Starts the runtime on the clients' processor. */
export async function serve(casino: Casino, count: number): Promise<Served> {
  const folder = await testFolder();
  const names = { issuer: "bench", audience: "pitboss" };
  const issuer = await openIssuer({ directory: folder.path, ...names });
  const players = await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const name = `http-${i}`;
      return { name, token: await issuer.sign(name) };
    }),
  );
  await withClient(casino.superuserUrl, async (client) => {
    for (const { name } of players) {
      const fund = "SELECT pitboss.cashier_transfer($1, 'USD', 1000000000, $2)";
      await client.query(fund, [name, `fund-${name}`]);
    }
  });
  const [port, operations] = [await freePort(), await freePort()];
  const runtime = startPinned(CLIENT_CPU, process.execPath, [...RUNTIME.argv], {
    ...RUNTIME.env,
    ...casino.environment,
    PATH: process.env["PATH"],
    PITBOSS_HTTP_PORT: String(port),
    PITBOSS_OPERATIONS_PORT: String(operations),
    PITBOSS_ISSUER: names.issuer,
    PITBOSS_AUDIENCE: names.audience,
    PITBOSS_JWKS: issuer.jwks,
    PITBOSS_LOG_LEVEL: "warn",
  });
  runtime.stdout?.pipe(process.stderr);
  const operationsUrl = `http://127.0.0.1:${operations}`;
  const stop = async () => {
    const ended = new Promise((resolve) => runtime.once("exit", resolve));
    runtime.kill("SIGTERM");
    await ended;
  };
  await ready(`${operationsUrl}/readyz`);
  return { pid: runtime.pid ?? 0, url: `http://127.0.0.1:${port}`, operationsUrl, players, stop };
}

/** Waits until a /readyz says yes. */
export async function ready(url: string): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error(`${url} did not say yes in 30 s`);
}
