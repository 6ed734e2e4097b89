import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { fraction } from "../../games/fraction.ts";
import type { FedJackpot } from "./jackpots.ts";
import type { LiveDeployment, LivePod } from "./live.ts";
import type { Finding, Observed } from "./observe.ts";
import { reasons } from "./reasons.ts";
import { statusOf } from "./status.ts";
import { game, observed, REVISION } from "./testing/samples.ts";

const now = new Date("2026-01-02T00:00:00Z");

interface Case {
  readonly change: Partial<Observed>;
  /** The condition that tells, its reason, and whether Ready follows. */
  readonly says: readonly [condition: string, status: string, reason: string, ready: string];
  readonly message: RegExp;
}

const low: Finding = { reason: "ReturnTooLow", message: "returns 90%, below min. Raise pays." };

const deployment = (
  change: Partial<NonNullable<LiveDeployment["status"]>>,
  revision = REVISION,
) => {
  const { deployment: well } = observed();
  assert.ok(well);
  const template = { metadata: { labels: { "pitboss.dev/revision": revision } } };
  return { ...well, spec: { ...well.spec, template }, status: { ...well.status, ...change } };
};

const pod = (status: LivePod["status"]): LivePod => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "coin-flip-x", namespace: "casino" },
  ...(status ? { status } : {}),
});

const waiting = (reason: string, message = "") =>
  pod({
    containerStatuses: [
      {
        ...{ name: "runtime", ready: false, restartCount: 3 },
        state: { waiting: { reason, message } },
        lastState: { terminated: { exitCode: 1 } },
      },
    ],
  });

const route = (type: string, status: string, observedGeneration: number): Observed["way"] => ({
  kind: "HTTPRoute",
  served: true,
  live: {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: { name: "coin-flip", generation: 2 },
    status: {
      parents: [
        {
          parentRef: { name: "pitboss" },
          conditions: [{ type, status, reason: "Nope", message: "no", observedGeneration }],
        },
      ],
    },
  },
});

const mega: FedJackpot = {
  ...{ name: "mega", state: "bound", id: "1", currency: "USD" },
  contribution: fraction(1, 100),
};

const cases: Record<string, Case> = {
  "everything is there": {
    change: {},
    says: ["RuntimeAvailable", "True", "Available", "True"],
    message: /revision 0123456789abcdef is served by 2 pods/,
  },
  "the first configuration is refused": {
    change: { verdict: { refused: low }, serving: undefined, database: undefined },
    says: ["MathVerified", "False", "ReturnTooLow", "False"],
    message: /Raise pays\.$/,
  },
  "a new configuration is refused while an old one serves": {
    change: { verdict: { refused: low } },
    says: ["MathVerified", "False", "ReturnTooLow", "False"],
    message: /Raise pays\. Revision 0123456789abcdef keeps serving\.$/,
  },
  "a refusal that is no sentence keeps apart from what follows": {
    change: {
      verdict: { refused: { reason: "ConfigInvalid", message: "spec.config.x: remove it" } },
    },
    says: ["MathVerified", "False", "ConfigInvalid", "False"],
    message: /remove it\. Revision 0123456789abcdef keeps serving\.$/,
  },
  "nothing was accepted, so there is no schema": {
    change: { verdict: { refused: low }, serving: undefined, database: undefined },
    says: ["DatabaseReady", "Unknown", "Blocked", "False"],
    message: /MathVerified/,
  },
  "the database's Secret is missing": {
    change: {
      database: { failed: { reason: "PlatformDatabaseMissing", message: "create it" } },
      serving: undefined,
    },
    says: ["DatabaseReady", "False", "PlatformDatabaseMissing", "False"],
    message: /create it/,
  },
  "the database is away while pods serve": {
    change: { database: { failed: { reason: "DatabaseUnreachable", message: "away." } } },
    says: ["DatabaseReady", "False", "DatabaseUnreachable", "False"],
    message: /keeps serving/,
  },
  "it names no Jackpot": {
    change: {},
    says: ["JackpotsBound", "True", "NoJackpots", "True"],
    message: /^$/,
  },
  "its rounds feed each Jackpot that it names": {
    change: { jackpots: [mega, { ...mega, name: "minor" }] },
    says: ["JackpotsBound", "True", "Bound", "True"],
    message: /mega, minor/,
  },
  "a Jackpot that it names is missing": {
    change: { jackpots: [mega, { name: "minor", state: "missing" }] },
    says: ["JackpotsBound", "False", "JackpotMissing", "False"],
    message: /no Jackpot minor in casino: create it, or take it out of spec\.jackpots/,
  },
  "a Jackpot that it names is of a currency that it does not take": {
    change: { jackpots: [{ name: "mega", state: "currency", currency: "EUR" }] },
    says: ["JackpotsBound", "False", "JackpotCurrency", "False"],
    message: /Jackpot mega is of EUR.*add stakes of EUR/,
  },
  "a Jackpot that it names is to be deleted": {
    change: { jackpots: [{ ...mega, state: "deleting" }] },
    says: ["JackpotsBound", "False", "JackpotDeleting", "False"],
    message: /waits for this Game: take it out/,
  },
  "a Jackpot that it names has no pool yet": {
    change: { jackpots: [{ name: "mega", state: "notReady" }] },
    says: ["JackpotsBound", "False", "JackpotNotReady", "False"],
    message: /kubectl get jackpot -n casino mega/,
  },
  "the database cannot be asked for its Jackpots": {
    change: {
      database: { failed: { reason: "DatabaseUnreachable", message: "away." } },
      jackpots: [{ name: "mega", state: "missing" }],
    },
    says: ["JackpotsBound", "Unknown", "Blocked", "False"],
    message: /waits for DatabaseReady/,
  },
  "it asks for no entropy": {
    change: {},
    says: ["EntropyReady", "True", "NoEntropy", "True"],
    message: /^$/,
  },
  "its chain gives entropy": {
    change: { entropy: { state: "ready", chain: "pitboss-chain/dev" } },
    says: ["EntropyReady", "True", "EntropyFlows", "True"],
    message: /pitboss-chain\/dev/,
  },
  "its chain is missing": {
    change: { entropy: { state: "missing", chain: "pitboss-chain/dev" } },
    says: ["EntropyReady", "False", "ChainMissing", "False"],
    message: /no Chain dev in pitboss-chain: create it/,
  },
  "its chain gives no blocks and it stops": {
    change: {
      game: game({ fairness: { entropy: { chain: "dev", onChainDown: "Stop" } } }),
      entropy: { state: "notReady", chain: "pitboss-chain/dev", why: "Syncing" },
    },
    says: ["EntropyReady", "False", "ChainNotReady", "False"],
    message: /Syncing.*new seed pairs wait/,
  },
  "its chain gives no blocks and it goes on": {
    change: {
      game: game({ fairness: { entropy: { chain: "dev", onChainDown: "Continue" } } }),
      entropy: { state: "notReady", chain: "pitboss-chain/dev", why: "NoQuorum" },
    },
    says: ["EntropyReady", "Unknown", "ChainNotReady", "True"],
    message: /NoQuorum.*without entropy meanwhile, and their proofs say so/,
  },
  "a Service of that name is somebody else's": {
    change: { faults: [{ kind: "Service", reason: "ChildNotOurs", message: "delete it" }] },
    says: ["RuntimeAvailable", "False", "ChildNotOurs", "False"],
    message: /delete it/,
  },
  "a route of that name is somebody else's": {
    change: { faults: [{ kind: "HTTPRoute", reason: "ChildNotOurs", message: "delete it" }] },
    says: ["RouteReady", "False", "ChildNotOurs", "False"],
    message: /delete it/,
  },
  "it is scaled to nothing": {
    change: { game: game({ replicas: 0 }) },
    says: ["RuntimeAvailable", "False", "ScaledToZero", "False"],
    message: /spec\.replicas/,
  },
  "a quota refuses pods": {
    change: {
      deployment: deployment({
        conditions: [{ type: "ReplicaFailure", status: "True", message: "exceeded quota" }],
      }),
    },
    says: ["RuntimeAvailable", "False", "PodsRefused", "False"],
    message: /exceeded quota/,
  },
  "the image cannot be had": {
    change: { pods: [waiting("ErrImagePull", "no such image")] },
    says: ["RuntimeAvailable", "False", "ImageUnavailable", "False"],
    message: /no such image/,
  },
  "a pod ends again and again": {
    change: { pods: [waiting("CrashLoopBackOff")] },
    says: ["RuntimeAvailable", "False", "PodsCrashing", "False"],
    message: /exit code 1.*kubectl logs -n casino coin-flip-x/,
  },
  "no node takes a pod": {
    change: {
      pods: [
        pod({ conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable" }] }),
      ],
    },
    says: ["RuntimeAvailable", "False", "PodsUnschedulable", "False"],
    message: /spec\.template/,
  },
  "the rollout has not been seen yet": {
    change: { deployment: deployment({ observedGeneration: 3 }) },
    says: ["RuntimeAvailable", "False", "RolloutInProgress", "False"],
    message: /until 2 pods of revision .* can serve; 2 started/,
  },
  "pods of another revision than the proven one run": {
    change: { deployment: deployment({}, "ffffffffffffffff") },
    says: ["RuntimeAvailable", "False", "RolloutInProgress", "False"],
    message: /0123456789abcdef/,
  },
  "the rollout is stuck": {
    change: {
      deployment: deployment({
        conditions: [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }],
      }),
    },
    says: ["RuntimeAvailable", "False", "RolloutStuck", "False"],
    message: /./,
  },
  "pods are added": {
    change: { deployment: deployment({ replicas: 5, readyReplicas: 2 }) },
    says: ["RuntimeAvailable", "True", "Available", "True"],
    message: /2 pods/,
  },
  "the only pod has died": {
    change: { deployment: deployment({ availableReplicas: 0 }) },
    says: ["RuntimeAvailable", "False", "PodsNotReady", "False"],
    message: /kubectl logs/,
  },
  "no gateway has reported on the route": {
    change: { way: { kind: "HTTPRoute", served: true, live: undefined } },
    says: ["RouteReady", "Unknown", "RouteUnreported", "True"],
    message: /no controller has reported/,
  },
  "a report on an earlier route says nothing": {
    change: { way: route("Accepted", "False", 1) },
    says: ["RouteReady", "Unknown", "RouteUnreported", "True"],
    message: /no controller has reported/,
  },
  "the gateway refuses the route": {
    change: { way: route("Accepted", "False", 2) },
    says: ["RouteReady", "False", "RouteRefused", "False"],
    message: /Nope/,
  },
  "the Gateway API is not installed": {
    change: { way: { kind: "HTTPRoute", served: false, live: undefined } },
    says: ["RouteReady", "False", "RouteApiMissing", "False"],
    message: /install it/,
  },
  "the platform has no way in": {
    change: { way: { kind: "none" } },
    says: ["RouteReady", "Unknown", "RouteNotConfigured", "True"],
    message: /PITBOSS_GATEWAY/,
  },
  "an ingress controller has taken it": {
    change: {
      way: {
        kind: "Ingress",
        live: {
          ...{ apiVersion: "networking.k8s.io/v1", kind: "Ingress", metadata: { name: "x" } },
          status: { loadBalancer: { ingress: [{}] } },
        },
      },
    },
    says: ["RouteReady", "True", "Accepted", "True"],
    message: /./,
  },
};

describe("the conditions of a Game", () => {
  for (const [what, { change, says, message }] of Object.entries(cases)) {
    it(`says ${says[2]} when ${what}`, () => {
      const { conditions = [] } = statusOf(observed(change), "", now);
      const find = (type: string) => conditions.find((condition) => condition.type === type);
      const [type, status, reason, ready] = says;
      const found = find(type);
      assert.deepEqual([found?.status, found?.reason], [status, reason]);
      assert.match(found?.message ?? "", message);
      assert.equal(find("Ready")?.status, ready);
    });
  }

  it("gives every reason that the checks know a meaning and a cure", () => {
    for (const { says } of Object.values(cases)) assert.ok(says[2] in reasons, says[2]);
    for (const [reason, { meaning, cure }] of Object.entries(reasons)) {
      assert.match(reason, /^[A-Z][A-Za-z]*$/);
      assert.ok(meaning.endsWith(".") && cure.endsWith("."), reason);
    }
  });
});
