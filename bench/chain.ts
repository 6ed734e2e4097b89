import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  ChainServiceService,
  type StreamBlocksResponse,
} from "../chain-agent/generated/pitboss/chain/v1/chain.ts";
import { freePort } from "../local/ports.ts";
import { mountSecret } from "../runtime/testing-secret.ts";
import { agentEnvironment } from "../test/harness/agent.ts";
import { type Anvil, startAnvil } from "../test/harness/anvil.ts";
import { chainDatabase } from "../test/harness/chain.ts";
import { stopAll } from "../test/harness/session.ts";
import { callRate, connection, type Target } from "./chain-load.ts";
import { print, rounded } from "./figure.ts";
import { CLIENT_CPU, pin, SERVER_CPU, startPinned } from "./pinned.ts";
import { ready } from "./serve.ts";

/** Many short turns: on a machine that does other things too, both sides meet the same. */
const rounds = 10;
const load = { callers: 64, connections: 4, seconds: 2 };
const subscribers = 1_000;
const connections = 10;
const blocks = 30;
const limitMs = 100;
const pauseMs = 200;
/** /proc counts processor time in hundredths of a second. */
const tickMs = 10;

function processorMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}

/** The chain agent's calls against a bare grpc-js server, and how long a block takes to a thousand subscribers. */
export async function chain(): Promise<void> {
  const database = await chainDatabase();
  const secret = await mountSecret(database.agentUrl);
  const anvil = await startAnvil();
  await anvil.mine(40);
  const [grpc, operations, echo] = [await freePort(), await freePort(), await freePort()];
  const websocket = anvil.url.replace("http", "ws");
  const agent = startPinned(SERVER_CPU, process.execPath, ["chain-agent/main.ts"], {
    PATH: process.env["PATH"],
    ...agentEnvironment([websocket], secret.directory, {
      PITBOSS_CHAIN_POLL_MS: "1000",
      PITBOSS_GRPC_PORT: String(grpc),
      PITBOSS_OPERATIONS_PORT: String(operations),
    }),
  });
  agent.stdout?.pipe(process.stderr);
  const bare = startPinned(SERVER_CPU, process.execPath, [
    join(import.meta.dirname, "chain-echo.ts"),
    String(echo),
  ]);
  pin(process.pid, CLIENT_CPU);
  try {
    await ready(`http://127.0.0.1:${operations}/readyz`);
    await calls(`127.0.0.1:${grpc}`, agent.pid ?? 0, `127.0.0.1:${echo}`, bare.pid ?? 0);
    await fanOut(`127.0.0.1:${grpc}`, anvil);
  } finally {
    for (const child of [agent, bare]) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    await anvil.stop();
    await database.drop();
    await secret.remove();
    await stopAll();
  }
}

interface Tally {
  calls: number;
  processorMs: number;
}

/** Both in turns, so that what else the machine does meets both. */
async function calls(agent: string, agentPid: number, echo: string, echoPid: number) {
  const method = ChainServiceService.getBlock;
  const request = { chainId: "", block: { $case: "height" as const, value: 30n } };
  const asked: Target = {
    address: agent,
    path: method.path,
    request: method.requestSerialize(request),
  };
  // As long as the agent's answer.
  const echoed: Target = { address: echo, path: "/bench.Echo/Echo", request: Buffer.alloc(150) };
  const own: Tally = { calls: 0, processorMs: 0 };
  const bare: Tally = { calls: 0, processorMs: 0 };
  const measure = async (target: Target, pid: number, tally: Tally) => {
    const before = processorMs(pid);
    tally.calls += (await callRate(target, load)) * load.seconds;
    tally.processorMs += processorMs(pid) - before;
  };
  const warmUp: Tally = { calls: 0, processorMs: 0 };
  await measure(asked, agentPid, warmUp);
  await measure(echoed, echoPid, warmUp);
  for (let round = 0; round < rounds; round++) {
    await measure(asked, agentPid, own);
    await measure(echoed, echoPid, bare);
  }
  const before = processorMs(agentPid);
  await sleep(load.seconds * 1000);
  const idleMs = (processorMs(agentPid) - before) * rounds;
  const rate = (tally: Tally) => Math.round(tally.calls / (rounds * load.seconds));
  print({
    bench: "chain",
    figure: rate(own),
    unit: "calls a second",
    reference: rate(bare),
    referenceIs: "a bare grpc-js echo server",
    of: "GetBlock",
    // Less what it does without calls: it polls its node.
    processorUsACall: rounded(((own.processorMs - idleMs) * 1000) / own.calls),
    referenceProcessorUsACall: rounded((bare.processorMs * 1000) / bare.calls),
  });
}

async function fanOut(address: string, anvil: Anvil): Promise<void> {
  const method = ChainServiceService.streamBlocks;
  const request = {
    ...{ chainId: "", cursor: "", startHeight: undefined, stopHeight: undefined },
    finalOnly: false,
  };
  const clients = Array.from({ length: connections }, () => connection(address));
  let height = 40n;
  let arrived: number[] = [];
  let all = Promise.withResolvers<void>();
  const count = (message: StreamBlocksResponse) => {
    if (message.event?.$case !== "block" || message.event.value.height !== height) return;
    arrived.push(performance.now());
    if (arrived.length === subscribers) all.resolve();
  };
  for (let index = 0; index < subscribers; index++) {
    const stream = clients[index % connections]?.makeServerStreamRequest(
      ...([method.path, method.requestSerialize, method.responseDeserialize, request] as const),
    );
    stream?.on("data", count);
    stream?.on("error", () => undefined);
  }
  await all.promise;
  const slowest: number[] = [];
  const first: number[] = [];
  const middle: number[] = [];
  for (let block = 0; block < blocks; block++) {
    height += 1n;
    arrived = [];
    all = Promise.withResolvers();
    const begun = performance.now();
    await anvil.mine(1);
    await all.promise;
    first.push((arrived[0] ?? 0) - begun);
    middle.push((arrived[subscribers / 2] ?? 0) - begun);
    slowest.push((arrived.at(-1) ?? 0) - begun);
    await sleep(pauseMs);
  }
  for (const client of clients) client.close();
  const median = (times: number[]) => rounded(times.toSorted((a, b) => a - b)[blocks / 2] ?? 0);
  print({
    bench: "chain",
    figure: rounded(Math.max(...slowest)),
    unit: "ms",
    reference: limitMs,
    referenceIs: "the limit",
    of: `${subscribers} subscribers, from the order to mine a block to the last of them, the slowest of ${blocks} blocks`,
    medianBlockMs: median(slowest),
    firstSubscriberMs: median(first),
    middleSubscriberMs: median(middle),
  });
}
