import assert from "node:assert/strict";
import { status } from "@grpc/grpc-js";
import { describe, it } from "mocha";
import { Registry } from "prom-client";
import { freePort } from "../local/ports.ts";
import { AgentError } from "./agent-error.ts";
import { connectAgent } from "./client.ts";
import { ChainServiceService } from "./generated/pitboss/chain/v1/chain.ts";
import { callMetrics } from "./metrics.ts";
import { AgentServer } from "./server.ts";
import { service } from "./service.ts";

describe("a client of an agent", () => {
  it("finds an agent that comes late, by a channel made anew", async () => {
    const port = await freePort();
    const agent = connectAgent({ address: `127.0.0.1:${port}` });
    const ask = () => agent.chain.listChains({}, { deadlineMs: 20_000 });
    for (let failures = 0; failures < 5; failures++) {
      await assert.rejects(ask(), (error) => {
        assert.ok(error instanceof AgentError);
        assert.equal(error.code, status.UNAVAILABLE);
        return error.transient && error.reason === "";
      });
    }
    const server = new AgentServer(
      [service(ChainServiceService, { listChains: async () => ({ chains: [] }) } as never)],
      {
        ...{ host: "127.0.0.1", port, tlsDir: "", metrics: callMetrics(new Registry()) },
        limits: { unaryMs: 1_000, streamsMax: 1, streamAgeMs: 60_000, slowReaderMs: 1_000 },
        onFault: () => undefined,
      },
    );
    await server.start();
    assert.deepEqual(await ask(), { chains: [] });
    agent.close();
    await server.stop({ drainMs: 0, graceMs: 1_000 });
  });

  it("gives a call up when it is told to", async () => {
    const agent = connectAgent({ address: "127.0.0.1:1" });
    const signal = AbortSignal.abort();
    await assert.rejects(agent.chain.listChains({}, { signal }));
    const stream = agent.chain.watchChainStatus({ chainId: "" }, { signal });
    await assert.rejects(stream[Symbol.asyncIterator]().next(), AgentError);
    agent.close();
  });
});
