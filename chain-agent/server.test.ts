import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  type Client,
  credentials,
  loadPackageDefinition,
  type ServiceError,
  status,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { protoPath as healthProto } from "grpc-health-check";
import { after, afterEach, before, describe, it } from "mocha";
import { Registry } from "prom-client";
import { type TestCertificate, testCertificate } from "../test/harness/certificate.ts";
import { failure } from "../test/harness/failure.ts";
import { until } from "../test/harness/until.ts";
import { connectAgent } from "./client.ts";
import { Refusal } from "./errors.ts";
import { EndReason } from "./generated/pitboss/chain/v1/block.ts";
import {
  ChainServiceService,
  type StreamBlocksResponse,
} from "./generated/pitboss/chain/v1/chain.ts";
import { WithdrawalServiceService } from "./generated/pitboss/chain/v1/withdrawal.ts";
import { callMetrics } from "./metrics.ts";
import { AgentServer, type ServerOptions } from "./server.ts";
import { type Call, endReason, type Handlers, type Service, service } from "./service.ts";
import { eachField } from "./wire.ts";

const require = createRequire(import.meta.url);
const limits = { unaryMs: 200, streamsMax: 3, streamAgeMs: 60_000, slowReaderMs: 60_000 };
const block = { height: 7n, hash: "ab", parentHash: "aa", time: new Date(0), transactionCount: 0 };
const noBlock = { chainId: "", block: undefined };
const all = {
  ...{ chainId: "", cursor: "", startHeight: undefined, stopHeight: undefined },
  finalOnly: false,
};

const never = async () => new Promise<never>(() => undefined);

const filler = "x".repeat(500_000);

async function* endless(_: unknown, call: Call): AsyncGenerator<StreamBlocksResponse> {
  const finalized = { height: 1n, hash: "a1" };
  while (!call.signal.aborted && !call.draining.aborted) {
    // More than the windows of a connection hold, soon.
    yield { cursor: filler, finalized, event: { $case: "block", value: block } };
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  yield { cursor: "last", finalized, event: { $case: "end", value: { reason: endReason(call) } } };
}

/** ChainService as a test wants it; the rest of its calls never answer. */
function chain(
  handlers: Partial<Handlers<typeof ChainServiceService>>,
  serving: () => boolean = () => true,
): Service {
  const rest = Object.fromEntries(Object.keys(ChainServiceService).map((name) => [name, never]));
  return service(ChainServiceService, { ...rest, ...handlers } as never, serving);
}

interface Reflected {
  readonly fileDescriptorResponse: { readonly fileDescriptorProto: readonly Uint8Array[] };
}

interface Loaded {
  [name: string]: Loaded & (new (address: string, trust: unknown) => Client);
}

/** A client made of the .proto alone, as any other program has one. */
function clientOf(file: string, path: readonly string[], address: string, folder: string) {
  const loaded = loadPackageDefinition(
    loadSync(file, { includeDirs: [folder], enums: String, defaults: true }),
  ) as unknown as Loaded;
  const Made = path.reduce<Loaded>((at, name) => at[name] ?? {}, loaded) as unknown as new (
    address: string,
    trust: unknown,
  ) => Client & Record<string, (request: object, done: (e: unknown, a: unknown) => void) => never>;
  return new Made(address, credentials.createInsecure());
}

describe("the server", () => {
  const stops: (() => Promise<void>)[] = [];
  const faults: string[] = [];

  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
    faults.length = 0;
  });

  async function serve(services: readonly Service[], more: Partial<ServerOptions> = {}) {
    const server = new AgentServer(services, {
      ...{ host: "127.0.0.1", port: 0, tlsDir: "", limits },
      metrics: callMetrics(new Registry()),
      onFault: (method, error) => faults.push(`${method}: ${error}`),
      ...more,
    });
    const address = `127.0.0.1:${await server.start()}`;
    const agent = connectAgent({ address });
    stops.push(async () => {
      agent.close();
      await server.stop({ drainMs: 0, graceMs: 100 });
    });
    return { server, address, agent };
  }

  describe("calls", () => {
    it("answers with the code and an ErrorInfo of each refusal", async () => {
      const metadata = { height: "7", why: "grün" };
      const { agent } = await serve([
        chain({
          getBlock: async () => {
            throw new Refusal("UNKNOWN_BLOCK", "no such block", metadata);
          },
        }),
      ]);
      const error = await failure(agent.chain.getBlock(noBlock));
      assert.equal(error.code, status.NOT_FOUND);
      assert.deepEqual(error.info, { reason: "UNKNOWN_BLOCK", domain: "pitboss.dev", metadata });
      assert.match(error.message, /no such block/);
    });

    it("tells a caller nothing of a fault, and the log all", async () => {
      const { agent } = await serve([
        chain({
          getBlock: async () => {
            throw new Error("the password is 123");
          },
        }),
      ]);
      const error = await failure(agent.chain.getBlock(noBlock));
      assert.equal(error.code, status.INTERNAL);
      assert.equal(error.reason, "INTERNAL");
      assert.doesNotMatch(error.message, /123/);
      assert.deepEqual(faults, [
        "pitboss.chain.v1.ChainService/getBlock: Error: the password is 123",
      ]);
    });

    it("ends a call at the caller's deadline, and at its own where that is sooner", async () => {
      const signals: AbortSignal[] = [];
      const { agent } = await serve([
        chain({
          getBlock: (_, call) => {
            signals.push(call.signal);
            return never();
          },
        }),
      ]);
      // The connection takes its time; a call of its own is not to be late for that.
      await failure(agent.chain.getBlock(noBlock, { deadlineMs: 30_000 }));
      const soon = await failure(agent.chain.getBlock(noBlock, { deadlineMs: 50 }));
      assert.equal(soon.code, status.DEADLINE_EXCEEDED);
      const capped = await failure(agent.chain.getBlock(noBlock, { deadlineMs: 30_000 }));
      assert.equal(capped.reason, "DEADLINE");
      await until("the work is called off", async () => signals.every(({ aborted }) => aborted));
      assert.ok(signals.length >= 2);
    });

    it("stops the work of a caller that went away", async () => {
      let aborted = false;
      const { agent } = await serve([
        chain({
          streamBlocks: async function* (request, call) {
            call.signal.addEventListener("abort", () => {
              aborted = true;
            });
            yield* endless(request, call);
          },
        }),
      ]);
      for await (const message of agent.chain.streamBlocks(all)) {
        assert.equal(message.event?.$case, "block");
        break;
      }
      await until("it noticed", async () => aborted);
    });
  });

  describe("streams", () => {
    it("cuts off a reader that does not read, which goes on with its cursor", async () => {
      const registry = new Registry();
      const { address } = await serve([chain({ streamBlocks: endless })], {
        limits: { ...limits, slowReaderMs: 200 },
        metrics: callMetrics(registry),
      });
      const { streamBlocks } = ChainServiceService;
      const file = "pitboss/chain/v1/chain.proto";
      const folder = join(import.meta.dirname, "proto");
      const client = clientOf(file, ["pitboss", "chain", "v1", "ChainService"], address, folder);
      const stream = client.makeServerStreamRequest(
        streamBlocks.path,
        streamBlocks.requestSerialize,
        streamBlocks.responseDeserialize,
        all,
      );
      const failed = new Promise<ServiceError>((resolve) => stream.once("error", resolve));
      // A client of grpc-js that has not begun to read takes all there is into its memory: one that stops is slow.
      stream.once("data", () => stream.pause());
      await until("the server has cut it off", async () =>
        /streams_ended_total\{.*RESOURCE_EXHAUSTED/.test(await registry.metrics()),
      );
      stream.on("data", () => undefined).resume();
      const error = await failed;
      assert.equal(error.code, status.RESOURCE_EXHAUSTED);
      client.close();
    });

    it("refuses more of them than it was told to serve", async () => {
      const { agent } = await serve([chain({ streamBlocks: endless })]);
      const open = Array.from({ length: limits.streamsMax }, () =>
        agent.chain.streamBlocks(all)[Symbol.asyncIterator](),
      );
      for (const stream of open) await stream.next();
      const error = await failure(agent.chain.streamBlocks(all)[Symbol.asyncIterator]().next());
      assert.equal(error.reason, "TOO_MANY_STREAMS");
      await open[0]?.return?.(undefined);
      await until("there is room again", async () => {
        const stream = agent.chain.streamBlocks(all)[Symbol.asyncIterator]();
        const answer = await stream.next().catch(() => undefined);
        await stream.return?.(undefined);
        return answer !== undefined;
      });
    });

    for (const { what, streamAgeMs, reason } of [
      { what: "that is old", streamAgeMs: 100, reason: EndReason.END_REASON_AGE },
      { what: "when it drains", streamAgeMs: 60_000, reason: EndReason.END_REASON_DRAINING },
    ]) {
      it(`ends a stream ${what} with a last message, then OK`, async () => {
        const { server, agent } = await serve([chain({ streamBlocks: endless })], {
          limits: { ...limits, streamAgeMs },
        });
        const seen: StreamBlocksResponse[] = [];
        let stopping: Promise<void> | undefined;
        for await (const message of agent.chain.streamBlocks(all)) {
          seen.push(message);
          if (reason === EndReason.END_REASON_DRAINING) {
            stopping ??= server.stop({ drainMs: 20, graceMs: 5_000 });
          }
        }
        await stopping;
        const last = seen.at(-1);
        assert.deepEqual(last?.event, { $case: "end", value: { reason } });
        assert.equal(last.cursor, "last");
      });
    }

    it("finishes a call in flight while it drains, and cuts off what takes too long", async () => {
      let answer: (() => void) | undefined;
      const { server, agent } = await serve([
        chain({
          getBlock: async () => {
            await new Promise<void>((resolve) => {
              answer = resolve;
            });
            return { block, final: true };
          },
          listChains: never,
        }),
      ]);
      const slow = agent.chain.getBlock(noBlock);
      const hung = failure(agent.chain.listChains({}, { deadlineMs: 5_000 }));
      await until("it is asked", async () => answer !== undefined);
      const stopped = server.stop({ drainMs: 0, graceMs: 150 });
      answer?.();
      assert.equal((await slow).final, true);
      await stopped;
      assert.ok((await hung).code !== status.OK);
    });
  });

  describe("health and reflection", () => {
    const folder = dirname(dirname(dirname(healthProto)));
    const healthOf = (address: string) =>
      clientOf(healthProto, ["grpc", "health", "v1", "Health"], address, folder);

    function check(client: ReturnType<typeof healthOf>, name: string) {
      return new Promise<string>((resolve) => {
        client["check"]?.({ service: name }, (error, answer) => {
          if (error instanceof Error) resolve(status[(error as ServiceError).code] ?? "");
          else resolve((answer as { status: string }).status);
        });
      });
    }

    it("says how each service and the process stand, and that it drains", async () => {
      let serving = true;
      const { server, address } = await serve([chain({}, () => serving)]);
      const client = healthOf(address);
      const name = "pitboss.chain.v1.ChainService";
      assert.equal(await check(client, ""), "SERVING");
      assert.equal(await check(client, name), "SERVING");
      assert.equal(await check(client, "nobody"), "NOT_FOUND");
      serving = false;
      assert.equal(await check(client, ""), "SERVING");
      assert.equal(await check(client, name), "NOT_SERVING");
      serving = true;
      const stopped = server.stop({ drainMs: 200, graceMs: 1_000 });
      assert.equal(await check(client, ""), "NOT_SERVING");
      assert.equal(await check(client, name), "NOT_SERVING");
      await stopped;
      client.close();
    });

    it("tells a watcher of every change, and lets it go when it drains", async () => {
      let serving = true;
      const { server, address } = await serve([chain({}, () => serving)]);
      const client = healthOf(address);
      const told: string[] = [];
      const stream = (
        client["watch"] as unknown as (request: object) => NodeJS.ReadableStream
      ).call(client, { service: "pitboss.chain.v1.ChainService" });
      stream.on("data", (answer: { status: string }) => told.push(answer.status));
      const ended = new Promise((resolve) => stream.once("end", resolve));
      await until("the first", async () => told.length === 1);
      serving = false;
      await until("the second", async () => told.length === 2);
      await server.stop({ drainMs: 0, graceMs: 2_000 });
      await ended;
      assert.deepEqual(told, ["SERVING", "NOT_SERVING"]);
      client.close();
    });

    async function reflect(address: string, request: object): Promise<Reflected> {
      const folder = join(
        dirname(require.resolve("@grpc/reflection/package.json")),
        "build/proto/grpc/reflection/v1",
      );
      const path = ["grpc", "reflection", "v1", "ServerReflection"];
      const client = clientOf("reflection.proto", path, address, folder);
      const call = (client["serverReflectionInfo"] as unknown as () => NodeJS.ReadWriteStream).call(
        client,
      );
      const answer = new Promise<Reflected>((resolve) => call.once("data", resolve));
      call.write(request as never);
      const reflected = await answer;
      call.end();
      client.close();
      return reflected;
    }

    it("lists its services by reflection", async () => {
      const { address } = await serve([chain({}), service(WithdrawalServiceService, {} as never)]);
      const listed = JSON.stringify(await reflect(address, { listServices: "" }));
      for (const name of [
        "ChainService",
        "WithdrawalService",
        "EntropyService",
        "DepositService",
      ]) {
        assert.match(listed, new RegExp(`pitboss.chain.v1.${name}`));
      }
      assert.match(listed, /grpc.health.v1.Health/);
    });

    it("gives a service's file with all that it imports, under the names that it imports them by", async () => {
      const { address } = await serve([chain({})]);
      const symbol = "pitboss.chain.v1.ChainService";
      const answer = await reflect(address, { fileContainingSymbol: symbol });
      const files = new Map<string, string[]>();
      for (const file of answer.fileDescriptorResponse.fileDescriptorProto) {
        // FileDescriptorProto {1 name, 3 dependency}.
        const texts: [number, string][] = [];
        eachField(file, (field, value) => texts.push([field, Buffer.from(value).toString()]));
        const all = (wanted: number) => texts.flatMap(([f, text]) => (f === wanted ? [text] : []));
        files.set(all(1)[0] ?? "", all(3));
      }
      assert.deepEqual([...files.keys()].sort(), [
        "google/protobuf/timestamp.proto",
        "pitboss/chain/v1/block.proto",
        "pitboss/chain/v1/chain.proto",
      ]);
      for (const one of [...files.values()].flat()) assert.ok(files.has(one), one);
    });
  });

  describe("mutual TLS", () => {
    let tlsDir: string;
    const own = testCertificate("agent.test");

    before(async () => {
      tlsDir = await mkdtemp(join(tmpdir(), "pitboss-tls-"));
      await write(own, own.cert);
    });

    after(() => rm(tlsDir, { recursive: true }));

    async function write({ cert, key }: TestCertificate, ca: string): Promise<void> {
      await writeFile(join(tlsDir, "tls.crt"), cert);
      await writeFile(join(tlsDir, "tls.key"), key);
      await writeFile(join(tlsDir, "ca.crt"), ca);
    }

    const answering = () => chain({ getBlock: async () => ({ block, final: true }) });

    it("lets in who has a certificate of the authority, and nobody else", async () => {
      const { address, agent: inClear } = await serve([answering()], { tlsDir });
      const trust = { address, ca: own.cert, serverName: "agent.test" };
      const stranger = testCertificate("stranger.test");
      const cases = [
        { what: "right", agent: connectAgent({ ...trust, ...own }), ok: true },
        { what: "no certificate", agent: connectAgent(trust), ok: false },
        { what: "a stranger's", agent: connectAgent({ ...trust, ...stranger }), ok: false },
        { what: "in clear", agent: inClear, ok: false },
      ];
      for (const { what, agent, ok } of cases) {
        const call = agent.chain.getBlock(noBlock, { deadlineMs: 3_000 });
        if (ok) assert.equal((await call).final, true, what);
        else assert.notEqual((await failure(call)).code, status.OK, what);
        agent.close();
      }
    });

    it("keeps what is for cashiers from the others", async () => {
      for (const { callers, allowed } of [
        { callers: new Set(["somebody"]), allowed: false },
        { callers: new Set(["pitboss test"]), allowed: true },
      ]) {
        const { address } = await serve([{ ...answering(), callers }], { tlsDir });
        const trust = { address, ca: own.cert, serverName: "agent.test" };
        const agent = connectAgent({ ...trust, ...own });
        const call = agent.chain.getBlock(noBlock);
        if (allowed) assert.equal((await call).final, true);
        else assert.equal((await failure(call)).reason, "NOT_ALLOWED");
        agent.close();
      }
      const { agent } = await serve([{ ...answering(), callers: new Set(["pitboss test"]) }]);
      assert.equal((await failure(agent.chain.getBlock(noBlock))).reason, "NOT_ALLOWED");
    });
  });
});
