import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { after, before, describe, it } from "mocha";
import { ChainWorld, wellStatus } from "../../test/harness/chain-world.ts";
import { until } from "../../test/harness/until.ts";
import { games, type Running } from "../../test/harness/world.ts";

describe("a Game that takes entropy from a Chain", function () {
  this.timeout(60_000);
  let chains: ChainWorld;
  let running: Running;
  let name: string;
  let chain: string;

  before(async () => {
    chains = await ChainWorld.create();
    running = await chains.start();
    name = chains.world.database.gameName("drawn");
    chain = chains.name();
  });

  after(async () => {
    await chains?.end();
  });

  const variables = async (): Promise<Record<string, string>> => {
    const [deployment] = await chains.world.children("Deployment", name);
    const env: { name: string; value?: string }[] =
      deployment?.["spec"].template.spec.containers[0].env ?? [];
    return Object.fromEntries(env.map((one) => [one.name, one.value ?? ""]));
  };

  /** What rounds are told of it. */
  const listed = async (): Promise<unknown> => {
    const sql = "SELECT entropy FROM pitboss.games WHERE name = $1";
    return (await chains.world.database.db.pool.query(sql, [name])).rows[0]?.entropy;
  };

  it("says that the Chain is missing, and serves as far as it can", async () => {
    await chains.world.applyGame(name, { fairness: { entropy: { chain, onChainDown: "Stop" } } });
    const said = await chains.world.says(name, "EntropyReady", "ChainMissing");
    assert.match(said.message, new RegExp(`no Chain ${chain} in ${chains.world.casino}`));
    await chains.world.says(name, "RuntimeAvailable", "Available");
    assert.equal((await chains.world.says(name, "Ready", "ChainMissing")).status, "False");
  });

  it("is Ready once the Chain is", async () => {
    await chains.apply(chain);
    await chains.says(chain, "Ready", "Ready");
    await chains.world.says(name, "EntropyReady", "EntropyFlows");
    await chains.world.says(name, "Ready", "Ready");
  });

  it("tells its pods whom to ask, and gives them a certificate of their own", async () => {
    assert.deepEqual(await listed(), {
      chain: `${chains.world.casino}/${chain}`,
      onChainDown: "Stop",
    });
    const env = await variables();
    assert.equal(
      env["PITBOSS_CHAIN_AGENTS"],
      `dns:///${chain}-agent.${chains.world.casino}.svc:9000`,
    );
    const secret = await chains.world.user.get(chains.world.child("Secret", `${name}-chain`));
    const pem = (key: string) => Buffer.from(secret?.["data"][key], "base64").toString("utf8");
    const own = new X509Certificate(pem("tls.crt"));
    assert.equal(own.subject, `CN=game/${chains.world.casino}/${name}`);
    assert.ok(own.verify(new X509Certificate(pem("ca.crt")).publicKey));
    const [deployment] = await chains.world.children("Deployment", name);
    const { labels } = deployment?.["spec"].template.metadata ?? {};
    assert.equal(labels["pitboss.dev/entropy"], chain);
    const [policy] = await chains.world.children("NetworkPolicy", name);
    assert.match(JSON.stringify(policy?.["spec"].egress), /"port":9000/);
  });

  it("costs no write when it is settled, and none when the operator starts again", async () => {
    await chains.world.quiet(running);
    await running.stop();
    running = await chains.start();
    await chains.world.quiet(running, 2_500);
    const written = running.writes.map(({ verb, kind, name }) => `${verb} ${kind.kind} ${name}`);
    assert.deepEqual(written, []);
  });

  it("tells of a chain that gives no blocks, and keeps its players", async () => {
    chains.status = wellStatus({ state: "CHAIN_STATE_UNAVAILABLE", nodes: [] });
    const said = await chains.world.says(name, "EntropyReady", "ChainNotReady");
    assert.match(said.message, /new seed pairs wait/);
    await chains.world.applyGame(name, {
      fairness: { entropy: { chain, onChainDown: "Continue" } },
    });
    await until("it is a note alone", async () => {
      const game = await chains.world.user.get(games(chains.world.casino, name));
      const conditions: { type: string; status: string }[] = game?.["status"]?.conditions ?? [];
      const of = (type: string) => conditions.find((one) => one.type === type)?.status;
      return of("EntropyReady") === "Unknown" && of("Ready") === "True";
    });
    assert.equal(((await listed()) as { onChainDown: string }).onChainDown, "Continue");
    chains.status = wellStatus();
    await chains.world.says(name, "EntropyReady", "EntropyFlows");
  });

  it("loses all of it when it takes no entropy any more", async () => {
    const path = games(chains.world.casino, name);
    await chains.world.user.merge(path, { spec: { fairness: null } });
    await chains.world.says(name, "EntropyReady", "NoEntropy");
    await chains.world.gone(chains.world.child("Secret", `${name}-chain`));
    await until("the pods know nothing of it", async () => {
      return !("PITBOSS_CHAIN_TLS_DIR" in (await variables()));
    });
    assert.equal(await listed(), null);
  });
});
