import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Observed } from "./observe.ts";
import { statusOf } from "./status.ts";
import { agentReport, chain, observed, pod, splitChain } from "./testing/samples.ts";

const now = new Date("2026-02-01T00:00:00Z");

function says(change: Partial<Observed>, type: string) {
  const { conditions = [] } = statusOf(observed(change), true, now);
  const found = conditions.find((one) => one.type === type);
  assert.ok(found, type);
  return `${found.status} ${found.reason}: ${found.message}`;
}

const answers = (...reports: (object | undefined)[]): Partial<Observed> => ({
  answers: new Map(
    reports.map((one, index) => [`dev-agent-${index}`, one && agentReport(one)] as const),
  ),
});

const node = (state: string, message = "") => [
  { name: "127.0.0.1:8545", state: `NODE_STATE_${state}`, message },
];

const waiting = (reason: string, message: string) =>
  pod("dev-agent-a", {
    containerStatuses: [
      { name: "agent", ready: false, restartCount: 3, state: { waiting: { reason, message } } },
    ],
  });

const daemonSet = (status: object): Partial<Observed> => {
  const { daemonSet: sample } = observed();
  assert.ok(sample);
  return { daemonSet: { ...sample, status: { ...sample.status, ...status } } };
};

const table: readonly [string, Partial<Observed>, string, RegExp][] = [
  ["a chain that works", {}, "Ready", /^True Ready: 1 agent follows the chain/],
  [
    "a spec that contradicts itself",
    { spec: { refused: "/spec/chainId: wrong" }, database: undefined, daemonSet: undefined },
    "SpecValid",
    /^False SpecInvalid: \/spec\/chainId/,
  ],
  [
    "what waits for the spec",
    { spec: { refused: "no" }, database: undefined, daemonSet: undefined, answers: new Map() },
    "DatabaseReady",
    /^Unknown Blocked: waits for SpecValid/,
  ],
  [
    "a database that is away",
    { database: { failed: { reason: "DatabaseUnreachable", message: "no answer" } } },
    "Ready",
    /^False DatabaseUnreachable: no answer/,
  ],
  [
    "assets that cannot be",
    { database: { failed: { reason: "AssetsRefused", message: "ETH" } } },
    "Stalled",
    /^True AssetsRefused/,
  ],
  [
    "a child that is not ours",
    { faults: [{ kind: "Service", reason: "ChildNotOurs", message: "Service dev-agent exists" }] },
    "AgentsAvailable",
    /^False ChildNotOurs/,
  ],
  [
    "a cluster without such machines",
    { ...daemonSet({ desiredNumberScheduled: 0 }), pods: [], answers: new Map() },
    "Ready",
    /^False NoMachine: .*kubectl label node <name> pitboss.dev\/bare-metal=true/,
  ],
  [
    "pods that are refused",
    { pods: [], answers: new Map() },
    "AgentsAvailable",
    /^False PodsRefused: .*describe daemonset -n pitboss-chain dev-agent/,
  ],
  [
    "a disk that is not mounted",
    {
      pods: [
        waiting(
          "ContainerCreating",
          "hostPath type check failed: /srv/pitboss/dev is not a directory",
        ),
      ],
      answers: new Map(),
    },
    "AgentsAvailable",
    /^False DataRefused: .*on metal-1: mount the disk there and give it to user 1000/,
  ],
  [
    "another chain's data",
    {
      pods: [
        pod("dev-agent-a", {
          initContainerStatuses: [
            {
              name: "marker",
              ready: false,
              restartCount: 2,
              state: { waiting: { reason: "CrashLoopBackOff" } },
              lastState: { terminated: { exitCode: 1 } },
            },
          ],
        }),
      ],
      answers: new Map(),
    },
    "AgentsAvailable",
    /^False DataRefused: .*kubectl logs -n pitboss-chain dev-agent-a -c marker/,
  ],
  [
    "an image that cannot be had",
    { pods: [waiting("ErrImagePull", "no such image")], answers: new Map() },
    "AgentsAvailable",
    /^False ImageUnavailable: .*no such image/,
  ],
  [
    "a container that crashes",
    { pods: [waiting("CrashLoopBackOff", "back-off")], answers: new Map() },
    "AgentsAvailable",
    /^False PodsCrashing: agent of pod dev-agent-a.*--previous/,
  ],
  [
    "agents that do not answer yet",
    answers(undefined),
    "AgentsAvailable",
    /^False AgentsStarting: none of 1 agents/,
  ],
  ["what nobody reported", answers(undefined), "NodesSynced", /^Unknown Unreported/],
  ["finality that nobody reported", answers(undefined), "FinalityViolation", /^Unknown Unreported/],
  [
    "an older template",
    daemonSet({ updatedNumberScheduled: 0 }),
    "AgentsAvailable",
    /^True UpdateWaits: 1 pod is of an older template: kubectl delete pod/,
  ],
  [
    "an older template that rolls by itself",
    { chain: splitChain(), ...daemonSet({ updatedNumberScheduled: 0 }) },
    "AgentsAvailable",
    /^True Available/,
  ],
  [
    "an older template in the sum",
    daemonSet({ updatedNumberScheduled: 0 }),
    "Ready",
    /^True Ready: .*older template/,
  ],
  [
    "a node that syncs",
    answers({ state: "CHAIN_STATE_SYNCING", nodes: node("SYNCING", "block 5 of 9") }),
    "Ready",
    /^False Syncing: the nodes sync. block 5 of 9/,
  ],
  [
    "a head that is old",
    answers({ state: "CHAIN_STATE_LAGGING", headAgeMs: "300000" }),
    "NodesSynced",
    /^False Lagging: .*minutes old/,
  ],
  [
    "nodes that do not answer",
    answers({ state: "CHAIN_STATE_UNAVAILABLE", nodes: node("UNAVAILABLE", "refused") }),
    "Ready",
    /^False NodesUnavailable: 127.0.0.1:8545 does not answer: refused/,
  ],
  [
    "a node of another chain",
    answers({ state: "CHAIN_STATE_UNAVAILABLE", nodes: node("WRONG_CHAIN", "has eip155:1") }),
    "Ready",
    /^False WrongChain: .*has eip155:1/,
  ],
  [
    "a node of another chain, which waits for a person",
    answers({ nodes: node("WRONG_CHAIN") }),
    "Stalled",
    /^True WrongChain/,
  ],
  [
    "nodes that disagree",
    answers({
      state: "CHAIN_STATE_UNAVAILABLE",
      nodes: [...node("OK"), ...node("FORKED", "at block 7")],
    }),
    "Quorum",
    /^False NodesDisagree: .*at block 7/,
  ],
  [
    "no quorum",
    answers({ state: "CHAIN_STATE_UNAVAILABLE", nodes: [...node("OK"), ...node("UNAVAILABLE")] }),
    "Quorum",
    /^False NoQuorum: 1 of 2 nodes/,
  ],
  [
    "one machine that syncs beside one that serves",
    answers({}, { state: "CHAIN_STATE_SYNCING", nodes: node("SYNCING") }),
    "Ready",
    /^True Ready: 2 agents follow/,
  ],
  ["finality that is kept", {}, "FinalityViolation", /^False FinalityKept/],
  [
    "finality that is broken",
    answers({ state: "CHAIN_STATE_FINALITY_VIOLATION", violation: { message: "block 8 is gone" } }),
    "FinalityViolation",
    /^True FinalityBroken: block 8 is gone/,
  ],
  [
    "finality that is broken, and what a person does",
    { ...answers({ violation: { message: "block 8 is gone" } }), violation: "7" },
    "FinalityViolation",
    /block 8 is gone\. .*kubectl annotate chain -n pitboss-chain dev --overwrite pitboss\.dev\/acknowledge="7 <your name>/,
  ],
  [
    "finality that is broken, in the sum",
    answers({ violation: { message: "block 8 is gone" } }),
    "Ready",
    /^False FinalityBroken/,
  ],
  [
    "two agents with different final blocks",
    answers({}, { finalized: { height: "8", hash: "0xcc" } }),
    "FinalityViolation",
    /^True FinalityBroken: two agents call different blocks 8 final: 0xbb and 0xcc/,
  ],
  [
    "kinds that a cluster lacks",
    { missingKinds: ["ServiceMonitor"] },
    "Ready",
    /^True Ready: .*not watched: no ServiceMonitor here/,
  ],
];

describe("the conditions of a Chain", () => {
  for (const [what, change, type, expected] of table) {
    it(`tell of ${what}: ${type}`, () => {
      assert.match(says(change, type), expected);
    });
  }

  it("are each there from the first look", () => {
    const types = ["Ready", "Reconciling", "Stalled", "SpecValid", "DatabaseReady"];
    const more = ["AgentsAvailable", "NodesSynced", "Quorum", "FinalityViolation", "Paused"];
    const first = observed({ daemonSet: undefined, pods: [], answers: new Map() });
    const { conditions = [] } = statusOf(first, true, now);
    assert.deepEqual(
      conditions.map(({ type }) => type),
      [...types, ...more, "Deleting"],
    );
    assert.ok(conditions.every((one) => one.observedGeneration === 3));
  });
});

describe("the figures of a Chain", () => {
  const told = {
    head: { height: 3, hash: "0x3" },
    finalized: { height: 1, hash: "0x1" },
    lag: "1s",
  };

  it("are those of the agent that is furthest", () => {
    const two = answers({}, { head: { height: "14", hash: "0xdd" }, headAgeMs: "900" });
    const { head, finalized, lag, nodes, chainId } = statusOf(observed(two), true, now);
    assert.deepEqual(head, { height: 14, hash: "0xdd" });
    assert.deepEqual(finalized, { height: 8, hash: "0xbb" });
    assert.equal(lag, "0s");
    assert.deepEqual(nodes, { desired: 1, ready: 2, text: "2/1" });
    assert.equal(chainId, "eip155:31337");
  });

  it("stay as they were told until they are due, and when no agent answers", () => {
    const known = { ...chain(), status: told };
    const figuresOf = (change: Partial<Observed>, fresh: boolean) => {
      const { head, finalized, lag } = statusOf(observed({ chain: known, ...change }), fresh, now);
      return { head, finalized, lag };
    };
    assert.deepEqual(figuresOf({}, false), told);
    assert.equal(figuresOf({}, true).head?.height, 12);
    assert.deepEqual(figuresOf(answers(undefined), true), told);
  });

  it("count the nodes of topology split once, however many agents ask them", () => {
    const nodes = [...node("OK"), ...node("OK"), ...node("LAGGING")];
    const two = { chain: splitChain(), ...answers({ nodes }, { nodes }) };
    assert.deepEqual(statusOf(observed(two), true, now).nodes, {
      desired: 3,
      ready: 2,
      text: "2/3",
    });
  });
});
