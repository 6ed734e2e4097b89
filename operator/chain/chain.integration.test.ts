import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { after, before, describe, it } from "mocha";
import { ChainWorld, wellStatus } from "../../test/harness/chain-world.ts";
import { withClient } from "../../test/harness/database.ts";
import { until } from "../../test/harness/until.ts";
import type { Running } from "../../test/harness/world.ts";

const text = (base64: string): string => Buffer.from(base64, "base64").toString("utf8");

describe("a Chain on a real API server", function () {
  this.timeout(60_000);
  let chains: ChainWorld;
  let running: Running;
  let name: string;

  before(async () => {
    chains = await ChainWorld.create();
    running = await chains.start();
    name = chains.name();
    await chains.apply(name);
  });

  after(async () => {
    await chains?.end();
  });

  const row = () =>
    withClient(chains.world.database.lobbyUrl, async (client) => {
      const { rows } = await client.query<{ chain_id: string; ready: boolean }>(
        "SELECT chain_id, ready FROM pitboss.chains WHERE name = $1",
        [name],
      );
      return rows[0];
    });

  it("becomes Ready once its agents say that the chain is followed", async () => {
    await chains.says(name, "Ready", "Ready");
    const chain = await chains.world.user.get(chains.path(name));
    const { head, finalized, lag, nodes, chainId, observedGeneration } = chain?.["status"] ?? {};
    assert.deepEqual(head, { height: 12, hash: "0xaa" });
    assert.deepEqual(finalized, { height: 8, hash: "0xbb" });
    assert.deepEqual(nodes, { desired: 1, ready: 1, text: "1/1" });
    assert.deepEqual([lag, chainId, observedGeneration], ["2s", "eip155:31337", 1]);
    assert.deepEqual(await row(), { chain_id: "eip155:31337", ready: true });
  });

  it("runs its pod on the machine chosen", async () => {
    const pods = await chains.world.user.list(
      `/api/v1/namespaces/${chains.world.casino}/pods?labelSelector=pitboss.dev%2Fchain%3D${name}`,
    );
    assert.equal(pods.length, 1);
    assert.match(JSON.stringify(pods[0]?.["spec"].affinity), new RegExp(chains.machine));
  });

  it("gives the agents what they need, and the lobby a certificate that they know", async () => {
    const secret = await chains.world.user.get(chains.childPath("Secret", `${name}-agent`));
    const data: Record<string, string> = secret?.["data"];
    assert.equal(text(data["user"] ?? ""), "pitboss_chain_agent");
    const authority = new X509Certificate(text(data["tls-ca.crt"] ?? ""));
    const server = new X509Certificate(text(data["tls.crt"] ?? ""));
    assert.ok(server.verify(authority.publicKey));
    const dns = `${name}-agent.${chains.world.casino}.svc`;
    assert.equal(server.checkHost(dns), dns);
    const lobby = await until("the lobby has its certificate", () =>
      chains.world.user.get(`/api/v1/namespaces/${chains.world.platform}/secrets/lobby-chain`),
    );
    const client = new X509Certificate(text(lobby["data"]["tls.crt"]));
    assert.ok(client.verify(authority.publicKey));
    assert.equal(client.subject, "CN=lobby");
    await withClient(
      `${chains.world.database.url.replace(/\/\/[^@]*@/, `//pitboss_chain_agent:${text(data["password"] ?? "")}@`)}`,
      (client) => client.query("SELECT FROM chain.deposits"),
    );
  });

  it("costs no write when it is settled, and none when the operator starts again", async () => {
    await chains.world.quiet(running);
    const before = running.writes.length;
    await chains.world.quiet(running, 1_500);
    assert.equal(running.writes.length, before);
    await running.stop();
    running = await chains.start();
    await chains.says(name, "Ready", "Ready");
    await chains.world.quiet(running, 2_500);
    const written = running.writes.map(({ verb, kind, name }) => `${verb} ${kind.kind} ${name}`);
    assert.deepEqual(written, []);
  });

  it("tells at once when finality is broken, and when all is well again", async () => {
    const violation = { message: "block 8 was 0xbb and is 0xcc" };
    chains.status = wellStatus({ state: "CHAIN_STATE_FINALITY_VIOLATION", violation });
    const broken = await chains.says(name, "FinalityViolation", "FinalityBroken");
    assert.equal(broken.status, "True");
    assert.match(broken.message, /0xcc/);
    assert.equal((await chains.says(name, "Ready", "FinalityBroken")).status, "False");
    assert.equal((await row())?.ready, false);
    assert.match(await running.registry.metrics(), /pitboss_chain_finality_violated\{[^}]*\} 1/);
    chains.status = wellStatus();
    await chains.says(name, "Ready", "Ready");
    await until("the lobby knows", async () => (await row())?.ready);
  });

  it("takes a person's word that finality was looked into", async () => {
    const violated = () =>
      withClient(chains.world.database.superuserUrl, async (client) => {
        const { rows } = await client.query<{ id: string; acknowledged_by: string | null }>(
          `SELECT id::text, acknowledged_by FROM chain.violations`,
        );
        return rows[0];
      });
    await withClient(chains.world.database.superuserUrl, (client) =>
      client.query(
        "SELECT chain.report_violation('eip155:31337', 8, '0xbb', 8, '0xcc', 'block 8', now())",
      ),
    );
    const violation = { message: "block 8 was 0xbb and is 0xcc" };
    chains.status = wellStatus({ state: "CHAIN_STATE_FINALITY_VIOLATION", violation });
    const id = (await violated())?.id;
    const { message } = await chains.says(name, "Ready", "FinalityBroken");
    assert.ok(message.includes(`pitboss.dev/acknowledge="${id} `), message);
    const say = (text: string) =>
      chains.world.user.merge(chains.path(name), {
        metadata: { annotations: { "pitboss.dev/acknowledge": text } },
      });
    await say("999 Ann: another one");
    await chains.world.quiet(running);
    assert.equal((await violated())?.acknowledged_by, null);
    await say(`${id} Ann: the provider's node was on a fork of its own`);
    await until("it is acknowledged", async () => (await violated())?.acknowledged_by === "Ann");
    chains.status = wellStatus();
    await chains.says(name, "Ready", "Ready");
  });

  it("tells of heights at most once a minute", async () => {
    await chains.world.quiet(running);
    const before = running.writes.length;
    chains.status = wellStatus({ head: { height: "15", hash: "0xdd" } });
    await chains.world.quiet(running, 2_500);
    assert.equal(running.writes.length, before);
    chains.status = wellStatus();
  });

  it("says what is wrong with its spec, and what runs goes on", async () => {
    const asset = { asset: "eip155:1/slip44:60", currency: "ETH" };
    await chains.apply(name, { assets: [asset] });
    const said = await chains.says(name, "Ready", "SpecInvalid");
    assert.match(said.message, /begins with eip155:31337/);
    assert.equal((await chains.says(name, "Stalled", "SpecInvalid")).status, "True");
    assert.equal((await chains.children("DaemonSet", name)).length, 1);
    await chains.apply(name);
    await chains.says(name, "Ready", "Ready");
  });

  it("says so where no machine has the labels", async () => {
    const lonely = chains.name("lonely");
    const placement = { nodeSelector: { disk: lonely }, tolerations: [] };
    await chains.apply(lonely, { placement });
    const said = await chains.says(lonely, "Ready", "NoMachine");
    assert.match(said.message, new RegExp(`kubectl label node <name> disk=${lonely}`));
    await chains.world.user.remove(chains.path(lonely));
    await chains.world.gone(chains.path(lonely));
  });

  it("leaves everything as it is while it is paused", async () => {
    const annotations = (paused: string | null) => ({
      metadata: { annotations: { "pitboss.dev/paused": paused } },
    });
    await chains.world.user.merge(chains.path(name), annotations("true"));
    await chains.says(name, "Paused", "PausedByAnnotation");
    const service = chains.childPath("Service", `${name}-agent`);
    await chains.world.user.remove(service);
    await chains.world.quiet(running);
    assert.equal(await chains.world.user.get(service), undefined);
    await chains.world.user.merge(chains.path(name), annotations(null));
    await until("the Service is back", () => chains.world.user.get(service));
    await chains.says(name, "Ready", "Ready");
  });

  const drifts: Record<string, { change: object; field: (child: never) => unknown }> = {
    Secret: {
      change: { data: { host: "eA==" } },
      field: ({ data }: { data: Record<string, string> }) => data["host"],
    },
    NetworkPolicy: {
      change: { spec: { egress: null } },
      field: ({ spec }: { spec: { egress: unknown } }) => spec.egress,
    },
    Service: {
      change: { spec: { selector: { "pitboss.dev/role": "other" } } },
      field: ({ spec }: { spec: { selector: object } }) => spec.selector,
    },
    DaemonSet: {
      change: {
        spec: { updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } } },
      },
      field: ({ spec }: { spec: { updateStrategy: { type: string } } }) => spec.updateStrategy.type,
    },
  };
  for (const [kind, { change, field }] of Object.entries(drifts)) {
    it(`puts right and makes again what somebody changed: ${kind}`, async () => {
      const path = chains.childPath(kind, `${name}-agent`);
      const expected = JSON.stringify(field((await chains.world.user.get(path)) as never));
      const isRight = async () => {
        const child = await chains.world.user.get(path);
        return child && JSON.stringify(field(child as never)) === expected;
      };
      await chains.world.user.merge(path, change);
      await until(`${kind} is put right`, isRight);
      await chains.world.user.remove(path, { propagationPolicy: "Background" });
      await until(`${kind} is made again`, isRight);
      await chains.says(name, "Ready", "Ready");
    });
  }

  it("takes nothing that is somebody else's", async () => {
    const taken = chains.name("taken");
    const path = chains.childPath("Service", `${taken}-agent`);
    const foreign = { apiVersion: "v1", kind: "Service", spec: { ports: [{ port: 1 }] } };
    await chains.world.user.apply(path, { ...foreign, metadata: { name: `${taken}-agent` } });
    await chains.apply(taken);
    const said = await chains.says(taken, "AgentsAvailable", "ChildNotOurs");
    assert.match(said.message, new RegExp(`Service ${taken}-agent exists.*kubectl delete`));
    await chains.world.user.remove(path);
    await chains.apply(taken, { finality: { confirmations: 5 } });
    await chains.says(taken, "Ready", "Ready");
    await chains.world.user.remove(chains.path(taken));
    await chains.world.gone(chains.path(taken));
  });

  it("waits for open withdrawals before it goes, and then leaves nothing behind", async () => {
    const key = `${chains.world.casino}/${name}`;
    await withClient(chains.world.database.superuserUrl, (client) =>
      client.query(
        `INSERT INTO pitboss.chain_withdrawals (player, key, hash, chain, asset, currency, amount, destination, debit)
           VALUES ('p', 'k', decode(repeat('00', 32), 'hex'), $1, 'eip155:31337/slip44:60', 'ETH', 1, '0x0', uuidv7())`,
        [key],
      ),
    );
    await chains.world.user.remove(chains.path(name));
    const said = await chains.says(name, "Deleting", "OpenWithdrawals");
    assert.match(said.message, /1 withdrawal is not final yet\. .*finalizer pitboss\.dev\/chain/);
    assert.equal(await row(), undefined, "the lobby takes no more of it");
    assert.equal((await chains.children("DaemonSet", name)).length, 1, "the node stays until then");
    await withClient(chains.world.database.superuserUrl, (client) =>
      client.query("DELETE FROM pitboss.chain_withdrawals WHERE chain = $1", [key]),
    );
    await chains.world.gone(chains.path(name));
    for (const kind of ["DaemonSet", "Service", "Secret", "NetworkPolicy"]) {
      const none = async () => (await chains.children(kind, name)).length === 0;
      await until(`${kind} is gone`, none, 45);
    }
    assert.ok(!(await running.registry.metrics()).includes(name), "no series stay behind");
  });
});
