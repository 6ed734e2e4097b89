import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type { Kubectl, KubeObject } from "../e2e/kubectl.ts";
import { platform } from "../e2e/platform.ts";
import { until } from "../harness/until.ts";
import { NAMESPACE, SPLIT } from "./chain.ts";

interface Container {
  readonly name: string;
  readonly restartCount: number;
  readonly containerID: string;
}

const STRANGERS = "strangers";

/** Connects, and says how that went. */
const CONNECT = (host: string, port: number) =>
  `const socket = require("node:net").connect(${port}, ${JSON.stringify(host)});
   const say = (what) => { console.log(what); process.exit(0); };
   socket.once("connect", () => say("open"));
   socket.once("error", (error) => say(error.code));
   setTimeout(() => say("silence"), 4000);`;

describe("chains on a real kubelet", function () {
  this.timeout(240_000);
  let kubectl: Kubectl;

  before(async () => {
    ({ kubectl } = await platform());
    for (const name of ["dev", SPLIT]) {
      await kubectl.wait(`chain/${name}`, "condition=Ready", NAMESPACE, 120);
    }
    await kubectl.apply(
      { apiVersion: "v1", kind: "Namespace", metadata: { name: STRANGERS } },
      stranger("nobody", {}),
      stranger("player", { "pitboss.dev/entropy": "dev" }),
    );
    for (const name of ["nobody", "player"]) {
      await kubectl.wait(`pod/${name}`, "condition=Ready", STRANGERS);
    }
  });

  after(async () => {
    await kubectl.run(["delete", "namespace", STRANGERS, "--wait=false"]);
  });

  /** A pod of the project's image that does nothing, in a namespace without policies. */
  function stranger(name: string, labels: Record<string, string>): object {
    const container = {
      name: "node",
      image: "localhost/pitboss:1",
      command: ["node", "-e", "setInterval(() => {}, 1000)"],
    };
    return {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace: STRANGERS, labels },
      spec: { containers: [container], terminationGracePeriodSeconds: 1 },
    };
  }

  const pods = (chain: string, role: string) =>
    kubectl.list("pods", NAMESPACE, `pitboss.dev/chain=${chain},pitboss.dev/role=${role}`);

  async function pod(chain: string, role: string): Promise<KubeObject> {
    const [found] = await pods(chain, role);
    assert.ok(found, `${chain} ${role}`);
    return found;
  }

  const containersOf = ({ status = {} }: KubeObject): Container[] =>
    ["initContainerStatuses", "containerStatuses"].flatMap(
      (list) => (status[list] ?? []) as Container[],
    );

  const addressOf = ({ status }: KubeObject): string => String(status?.["podIP"]);

  async function connects(from: string[], host: string, port: number): Promise<string> {
    const args = ["exec", ...from, "--", "node", "-e", CONNECT(host, port)];
    return (await kubectl.run(args)).trim();
  }

  it("land on the labelled node alone", async () => {
    const nodes = await kubectl.list("nodes", "default");
    assert.ok(nodes.length > 1);
    for (const chain of ["dev", SPLIT]) {
      const { status } = await kubectl.get("daemonset", `${chain}-agent`, NAMESPACE);
      assert.equal(status?.["desiredNumberScheduled"], 1);
      const on = (await pods(chain, "agent")).map(({ spec }) => spec?.["nodeName"]);
      assert.equal(on.length, 1);
      assert.notEqual(on[0], "elsewhere");
    }
  });

  it("keep an agent's pod from having what a pod there may not have", async () => {
    const root = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "root", namespace: NAMESPACE },
      spec: { hostNetwork: true, containers: [{ name: "a", image: "localhost/pitboss:1" }] },
    };
    const refused = await kubectl.try(["apply", "-f", "-"], JSON.stringify(root));
    assert.notEqual(refused.code, 0);
    assert.match(refused.stderr, /pods of chains do not share the machine's network/);
  });

  it("survive an agent's restart without stopping the node, in topology split", async () => {
    const node = await pod(SPLIT, "node");
    const agent = await pod(SPLIT, "agent");
    const before = (await kubectl.get("chain", SPLIT, NAMESPACE)).status;
    await kubectl.run(["delete", "pod", agent.metadata.name, "-n", NAMESPACE]);
    await until("there is another agent", async () => {
      const [now] = await pods(SPLIT, "agent");
      return now !== undefined && now.metadata.uid !== agent.metadata.uid;
    });
    await kubectl.wait(`chain/${SPLIT}`, "condition=Ready", NAMESPACE, 120);
    const after = await pod(SPLIT, "node");
    assert.equal(after.metadata.uid, node.metadata.uid);
    assert.deepEqual(
      containersOf(after).map(({ containerID, restartCount }) => [containerID, restartCount]),
      containersOf(node).map(({ containerID, restartCount }) => [containerID, restartCount]),
    );
    const { status } = await kubectl.get("chain", SPLIT, NAMESPACE);
    assert.ok(heightIn(status) >= heightIn(before));
  });

  it("keep the node's container when the agent's dies, in topology sidecar", async () => {
    const before = await pod("dev", "agent");
    const kill = ["exec", before.metadata.name, "-n", NAMESPACE, "-c", "agent", "--"];
    await kubectl.try([...kill, "node", "-e", 'process.kill(1, "SIGTERM")']);
    const found = (object: KubeObject, name: string) =>
      containersOf(object).find((one) => one.name === name);
    const after = await until("the agent runs again", async () => {
      const now = await pod("dev", "agent");
      return (found(now, "agent")?.restartCount ?? 0) > 0 && now;
    });
    assert.equal(after.metadata.uid, before.metadata.uid);
    assert.equal(found(after, "node")?.containerID, found(before, "node")?.containerID);
    await kubectl.wait("chain/dev", "condition=Ready", NAMESPACE, 120);
  });

  it("let nobody in but whom the policy names", async () => {
    const agent = addressOf(await pod("dev", "agent"));
    const node = addressOf(await pod(SPLIT, "node"));
    const nobody = ["nobody", "-n", STRANGERS];
    assert.equal(await connects(nobody, agent, 9000), "silence");
    assert.equal(await connects(nobody, agent, 9090), "silence");
    assert.equal(await connects(nobody, node, 8545), "silence");
    // A game that names the chain is let in, as far as its certificate goes.
    const player = ["player", "-n", STRANGERS];
    assert.equal(await connects(player, agent, 9000), "open");
    assert.equal(await connects(player, agent, 9090), "silence");
    const lobby = ["deployment/pitboss-lobby", "-n", "pitboss"];
    assert.equal(await connects(lobby, agent, 9000), "open");
  });

  it("let the agents out to the database and their nodes, and nowhere else", async () => {
    const agent = await pod(SPLIT, "agent");
    const from = [agent.metadata.name, "-n", NAMESPACE, "-c", "agent"];
    const service = async (name: string, namespace: string) =>
      String((await kubectl.get("service", name, namespace)).spec?.["clusterIP"]);
    assert.equal(await connects(from, await service("postgres", "database"), 5432), "open");
    assert.equal(await connects(from, addressOf(await pod(SPLIT, "node")), 8545), "open");
    const [lobby] = await kubectl.list("pods", "pitboss", "app.kubernetes.io/name=pitboss-lobby");
    assert.ok(lobby);
    assert.equal(await connects(from, addressOf(lobby), 8080), "silence");
    assert.equal(await connects(from, await service("kubernetes", "default"), 443), "silence");
  });
});

function heightIn(status: KubeObject["status"]): number {
  return (status?.["head"] as { height: number } | undefined)?.height ?? 0;
}
