import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { Ajv2020 } from "ajv/dist/2020.js";
import { after, before, describe, it } from "mocha";
import pg from "pg";
import { verify } from "../games/fairness.ts";
import type { Json } from "../games/game.ts";
import { freePort } from "../local/ports.ts";
import { agentEnvironment, startAgent, type TestAgent } from "../test/harness/agent.ts";
import { type Anvil, startAnvil } from "../test/harness/anvil.ts";
import { type ChainDatabase, chainDatabase } from "../test/harness/chain.ts";
import {
  created,
  hashOf,
  type ListedGame,
  listedGame,
  moved,
  placeRequest,
  type TestGameOptions,
} from "../test/harness/game.ts";
import { jackpotBooks, oneInFive } from "../test/harness/jackpots.ts";
import { until } from "../test/harness/until.ts";
import { gameRoutes } from "./routes/index.ts";
import { testApp, testIssuer } from "./testing.ts";
import { type MountedSecret, mountSecret } from "./testing-secret.ts";
import type { OpenGame, RoundView } from "./types.ts";

const chain = "casino/local";
const heads = { side: "heads" };
/** Enough blocks for any height that is committed now to become final on anvil. */
const manyBlocks = 16;

type Proof = { [field: string]: Json };

describe("entropy of a chain", function () {
  this.timeout(60_000);
  let database: ChainDatabase;
  let anvil: Anvil;
  let agent: TestAgent;
  let secret: MountedSecret;
  let port: string;
  const games: ListedGame[] = [];

  before(async () => {
    database = await chainDatabase();
    anvil = await startAnvil();
    await anvil.mine(8);
    secret = await mountSecret(database.agentUrl);
    port = String(await freePort());
    await startTheAgent();
  });
  after(async () => {
    for (const game of games) await game.close();
    await agent?.stop();
    await anvil?.stop();
    await secret?.remove();
    await database?.drop();
  });

  async function startTheAgent(): Promise<void> {
    const ports = { PITBOSS_GRPC_PORT: port };
    agent = await startAgent(agentEnvironment([anvil.url], secret.directory, ports));
  }

  /** While it runs no agent answers, whatever happens on the chain. */
  async function withoutAgent(work: () => Promise<void>): Promise<void> {
    await agent.stop();
    try {
      await work();
    } finally {
      await startTheAgent();
    }
  }

  async function open(
    onChainDown: "Continue" | "Stop",
    engine = "coin-flip",
    options: TestGameOptions = {},
  ) {
    const entropy = { chain, onChainDown };
    const game = await listedGame(database, engine, {}, { ...options, entropy });
    games.push(game);
    const agents = { target: `127.0.0.1:${port}`, tlsDir: "" };
    return { game, pod: await game.pod({ agents }), another: () => game.pod({ agents }) };
  }

  const place = (pod: OpenGame, player: string, bet: Json = heads) =>
    pod.rounds.place(placeRequest(player, bet));

  async function refusalOf(pod: OpenGame, player: string) {
    const placed = await place(pod, player);
    return "refused" in placed ? placed.refused : "nothing";
  }

  /** The round, as soon as its block is final. */
  function played(pod: OpenGame, player: string, bet: Json = heads): Promise<RoundView> {
    return until("the block is final", async () => {
      const placed = await place(pod, player, bet);
      if ("refused" in placed && placed.refused === "entropy_pending") return undefined;
      return created(placed);
    });
  }

  async function rotated(pod: OpenGame, player: string) {
    const pair = await pod.pairs.rotate(player, randomBytes(6).toString("hex"));
    assert.ok("revealed" in pair, JSON.stringify(pair));
    return pair;
  }

  async function proofOf(pod: OpenGame, { player, id }: RoundView): Promise<Proof> {
    const proof = (await pod.rounds.proof(player, id)) as Proof;
    assert.deepEqual(verify(proof), { ok: true, problems: [] });
    return proof;
  }

  async function hashAt(height: number): Promise<string> {
    const block = await anvil.rpc("eth_getBlockByNumber", `0x${height.toString(16)}`, false);
    return (block as { hash: string }).hash.slice(2);
  }

  it("is committed with the seed, waited for at a first pair only, and mixed into every draw", async () => {
    const { game, pod } = await open("Stop");
    const player = await game.player();
    const head = Number(await anvil.rpc("eth_blockNumber"));
    const first = await pod.pairs.current(player);
    for (const pair of [first.chain, first.nextChain]) {
      assert.ok(pair);
      assert.deepEqual([pair.chain, pair.network, pair.insecure], [chain, "anvil", true]);
      assert.ok((pair.height ?? 0) > head, "the block was there before the seed");
      assert.equal(pair.entropy, null);
    }
    const early = await place(pod, player);
    assert.ok("refused" in early && early.refused === "entropy_pending");
    assert.ok((early.retryAfter ?? 0) > 0);
    assert.deepEqual(
      [(await pod.pairs.current(player)).nonce, await game.balance(player)],
      [0, 100_000n],
    );
    await anvil.mine(manyBlocks);
    const rounds = [await played(pod, player), await played(pod, player)];
    const pair = await rotated(pod, player);
    // The next pair's block was chosen with the first one's, and is final by now.
    const later = created(await place(pod, player));
    await rotated(pod, player);
    assert.ok((pair.nextChain?.height ?? 0) > (first.nextChain?.height ?? 0));
    for (const [round, from] of [
      [rounds[0], first.chain],
      [rounds[1], first.chain],
      [later, first.nextChain],
    ] as const) {
      assert.ok(round && from);
      const proof = await proofOf(pod, round);
      const { height } = from;
      assert.deepEqual(proof["chain"], { chain, network: "anvil", height, insecure: true });
      assert.equal(proof["entropy"], await hashAt(height ?? -1));
    }
    const proof = await proofOf(pod, later);
    const { entropy: _, chain: __, ...without } = proof;
    assert.ok(!verify(without).ok);
    assert.ok(!verify({ ...proof, entropy: "0".repeat(64) }).ok);
    const other = { ...(proof["chain"] as object), height: 1 };
    assert.ok(!verify({ ...proof, chain: other }).ok);
  });

  it("is mixed into the draws for jackpots too", async () => {
    const { game, pod } = await open("Stop");
    const books = jackpotBooks(database);
    await books.bind(game.name, [await books.save(oneInFive)]);
    const player = await game.player();
    await pod.pairs.current(player);
    await anvil.mine(manyBlocks);
    const rounds = [await played(pod, player)];
    for (let i = 0; i < 7; i++) rounds.push(created(await place(pod, player)));
    await rotated(pod, player);
    for (const round of rounds) {
      const { jackpots, ...proof } = await proofOf(pod, round);
      const [drawn] = jackpots as { hits: boolean[] }[];
      assert.equal(drawn?.hits.length, 1);
      const turned = { ...drawn, hits: [!drawn?.hits[0]] };
      assert.ok(!verify({ ...proof, jackpots: [turned] }).ok);
    }
    await books.close();
  });

  it("is told over HTTP: what the game asks for, what the pair waits for, and for how long", async () => {
    const { game, pod } = await open("Stop");
    const issuer = await testIssuer();
    const app = await testApp(
      gameRoutes({ ...pod, game: game.name, compiled: game.compiled }),
      issuer,
    );
    const base = `/games/${game.name}`;
    const token = await issuer.token(await game.player());
    const bet = (key: string) =>
      app.call("POST", `${base}/rounds`, {
        ...{ token, key },
        json: { stake: "1.00", currency: "USD", bet: heads },
      });
    try {
      const rules = await app.call("GET", base);
      assert.deepEqual(rules.body.entropy, { chain, onChainDown: "Stop" });
      const document = (await app.call("GET", `${base}/openapi.json`)).body;
      const ajv = new Ajv2020({ strict: false, validateFormats: false });
      const pair = ajv.addSchema(document, "api").getSchema("api#/components/schemas/SeedPair");
      const shown = await app.call("GET", `${base}/fairness`, { token });
      assert.ok(pair?.(shown.body), JSON.stringify(pair?.errors));
      assert.deepEqual(shown.body.chain.entropy, null);
      const early = await bet("first");
      assert.deepEqual([early.status, early.body.code], [409, "entropy_pending"]);
      assert.ok(Number(early.headers.get("retry-after")) > 0);
      await anvil.mine(manyBlocks);
      await until("the block is final", async () => (await bet("first")).status === 201);
      // Two pairs on, the next block is not there yet; a key that was used still answers its round.
      for (const clientSeed of ["two", "three"]) {
        const json = { clientSeed };
        await app.call("POST", `${base}/fairness/rotate`, { token, json });
      }
      assert.equal((await bet("second")).body.code, "entropy_pending");
      assert.equal((await bet("first")).status, 200);
    } finally {
      await app.stop();
    }
  });

  it("goes through a round of many steps, on any pod, and through its end by default", async () => {
    const { game, pod, another } = await open("Stop", "mines");
    const player = await game.player();
    await pod.pairs.current(player);
    await anvil.mine(manyBlocks);
    const opened = await played(pod, player, { mines: 3 });
    const action = { type: "reveal", tile: 4 };
    const other = await another();
    const request = { player, round: opened.id, key: "a", requestHash: hashOf(action), action };
    const step = moved(await other.rounds.act({ ...request, version: 1 }));
    if (step.state === "open") {
      const { operator, schema } = game;
      const earlier = "SET created_at = created_at - interval '2 days'";
      await operator.query(`UPDATE "${schema}".rounds ${earlier}`);
      await operator.query(`UPDATE "${schema}".open_rounds ${earlier}`);
      assert.equal(await pod.sweep(), 1);
    }
    await rotated(pod, player);
    assert.equal((await proofOf(other, opened))["engine"], "mines");
  });

  it("is got in the background, so that a chain that goes away later stops nobody", async () => {
    const { game, pod, another } = await open("Stop");
    const [ann, bob] = [await game.player(), await game.player()];
    await Promise.all([ann, bob].map((player) => pod.pairs.current(player)));
    await anvil.mine(manyBlocks);
    const other = await another();
    await until("every pair has its entropy", async () => {
      await other.sweep();
      const { rows } = await game.operator.query(
        `SELECT count(*) FILTER (WHERE entropy IS NULL)::int AS waiting, count(*)::int AS pairs FROM "${game.schema}".seed_pairs`,
      );
      assert.equal(rows[0].pairs, 4);
      return rows[0].waiting === 0;
    });
    await withoutAgent(async () => {
      for (const player of [ann, bob]) {
        created(await place(pod, player));
        await rotated(pod, player);
        created(await place(other, player));
      }
    });
  });

  it("is waited for while the chain is away, where the Game says Stop", async () => {
    const { game, pod } = await open("Stop");
    const player = await game.player();
    await withoutAgent(async () => {
      const { chain: from, nextChain } = await pod.pairs.current(player);
      const none = { chain, network: null, height: null, insecure: null, entropy: null };
      assert.deepEqual([from, nextChain], [none, none]);
      assert.equal(await refusalOf(pod, player), "entropy_pending");
      const sql = `SELECT "${game.schema}".waive_entropy(id) AS waived FROM "${game.schema}".seed_pairs`;
      const client = new pg.Client({ connectionString: game.url });
      await client.connect();
      const { rows } = await client.query(sql);
      await client.end();
      assert.deepEqual(rows, [{ waived: false }, { waived: false }]);
    });
    await until("a height is committed", async () => {
      await pod.sweep();
      return (await pod.pairs.current(player)).chain?.height !== null;
    });
    await anvil.mine(manyBlocks);
    const round = await played(pod, player);
    await rotated(pod, player);
    assert.ok((await proofOf(pod, round))["entropy"]);
  });

  it("is done without by new pairs, and only by those, where the Game says Continue; the proofs show it", async () => {
    const { game, pod } = await open("Continue");
    const [early, late] = [await game.player(), await game.player()];
    const before_ = await pod.pairs.current(early);
    assert.ok(before_.chain?.height);
    await withoutAgent(async () => {
      const pair = await pod.pairs.current(late);
      assert.deepEqual([pair.chain, pair.nextChain], [null, null]);
      const round = created(await place(pod, late));
      const next = await rotated(pod, late);
      assert.equal(next.nextChain, null);
      const proof = await proofOf(pod, round);
      assert.ok(!("entropy" in proof) && !("chain" in proof));
      // A block that was chosen is never dropped: somebody may know it already.
      await anvil.mine(manyBlocks);
      assert.equal(await refusalOf(pod, early), "entropy_pending");
      assert.deepEqual((await pod.pairs.current(early)).chain, before_.chain);
    });
    assert.ok(await played(pod, early));
    await rotated(pod, late);
    assert.ok((await rotated(pod, late)).nextChain?.height, "the chain is back, and so is entropy");
  });

  it("counts only for a seed that was committed before its height, whatever a stolen role says", async () => {
    const { game, pod } = await open("Stop");
    const player = await game.player();
    const thief = new pg.Client({ connectionString: game.url });
    await thief.connect();
    try {
      for (const sql of [
        "SELECT * FROM chain.entropy",
        "SELECT chain.reveal_entropy('eip155:31337', 1, '0x00', 1, 1)",
        `UPDATE "${game.schema}".seed_pairs SET entropy = 'ab', height = 1`,
      ]) {
        await assert.rejects(thief.query(sql), /permission denied/, sql);
      }
      // A height first, and then the seed that suits it.
      const id = "0198c0de-0000-7000-8000-00000000aaaa";
      const seed = { serverSeedHash: "a".repeat(64), sealed: "b".repeat(120), clientSeed: "mine" };
      const next = { ...seed, id: "0198c0de-0000-7000-8000-00000000bbbb" };
      const early = { requestId: `${game.name}/${id}`, chainId: "", blocksAhead: 0 };
      await agent.client.entropy.commitEntropyHeight(early);
      const taken = `SELECT "${game.schema}".take_entropy($1)`;
      await thief.query(`SELECT "${game.schema}".pair($1, $2)`, [
        player,
        { active: { ...seed, id }, next },
      ]);
      await thief.query(taken, [[id]]);
      // A seed whose transaction is held open until its block is known.
      await thief.query(`BEGIN`);
      const held = { ...next, id: "0198c0de-0000-7000-8000-00000000cccc" };
      const more = { active: { ...seed, id: "0198c0de-0000-7000-8000-00000000dddd" }, next: held };
      await thief.query(`SELECT "${game.schema}".pair($1, $2)`, [await game.player(), more]);
      const requestId = `${game.name}/${held.id}`;
      await agent.client.entropy.commitEntropyHeight({ requestId, chainId: "", blocksAhead: 0 });
      await thief.query(`COMMIT`);
      await thief.query(taken, [[held.id]]);
      const { rows } = await game.operator.query(
        `SELECT height FROM "${game.schema}".seed_pairs WHERE id = ANY ($1)`,
        [[id, held.id]],
      );
      assert.deepEqual(rows, [{ height: null }, { height: null }]);
      assert.equal(await refusalOf(pod, player).catch(() => "unsealed"), "unsealed");
    } finally {
      await thief.end();
    }
  });

  it("costs a game server without it nothing: gRPC is not even loaded", async () => {
    const code = `import "./runtime/run-game.ts";
      import { createRequire } from "node:module";
      const loaded = Object.keys(createRequire(import.meta.url).cache);
      console.log(loaded.filter((file) => file.includes("@grpc")).length);`;
    const run = promisify(execFile);
    const argv = [
      "--input-type=module",
      "--eval",
      code.replaceAll("import.meta.url", "process.cwd() + '/x'"),
    ];
    const { stdout } = await run(process.execPath, argv, { cwd: `${import.meta.dirname}/..` });
    assert.equal(stdout.trim(), "0");
  });
});
